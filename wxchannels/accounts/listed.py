"""Who is on WeChat's list, kept in the database while a night's comparison lasts.

Ten bytes of each person's hash, sorted into sixteenths: a million people are 10 MB of
rows, and a sixteenth of them is held in memory.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wxchannels.models import ListPage
from wxchannels.statements import insert_new

TABLE = ListPage.__table__
HASH_BYTES = 32
#: The least hash.
FIRST = bytes(HASH_BYTES)
#: What is kept of a hash: of ten million people no two are alike.
KEPT_BYTES = 10
#: A part's number is the hash's first four bits.
PART_BITS = 4
PARTS = 1 << PART_BITS


def part_of(openid_hash: bytes) -> int:
    """Return in which part a hash is."""
    return openid_hash[0] >> (8 - PART_BITS)


def end_of(part: int) -> bytes | None:
    """Return the least hash behind a part; None behind the last one."""
    if part + 1 == PARTS:
        return None
    return bytes([part + 1 << (8 - PART_BITS)]).ljust(HASH_BYTES, b"\0")


def after(openid_hash: bytes) -> bytes:
    """Return the next hash that there can be."""
    return (int.from_bytes(openid_hash) + 1).to_bytes(HASH_BYTES)


class Listed:
    """The people of one part."""

    def __init__(self, part: int, pages: Sequence[bytes]) -> None:
        self.part = part
        self._people = {kept for page in pages for kept in _split(page)}

    def __contains__(self, openid_hash: bytes) -> bool:
        return openid_hash[:KEPT_BYTES] in self._people


def keep_page(
    session: Session, run_id: int, page: int, openid_hashes: Sequence[bytes]
) -> None:
    """Keep who is on a page of the list. What is kept of that page already stays."""
    parts: dict[int, list[bytes]] = {}
    for openid_hash in openid_hashes:
        kept = openid_hash[:KEPT_BYTES]
        parts.setdefault(part_of(openid_hash), []).append(kept)
    rows = [
        {"run_id": run_id, "page": page, "part": part, "people": b"".join(people)}
        for part, people in parts.items()
    ]
    insert_new(session, TABLE, rows)


def read_part(session: Session, run_id: int, part: int) -> Listed:
    """Return who of a part is on the list."""
    query = select(ListPage.people)
    query = query.where(ListPage.run_id == run_id, ListPage.part == part)
    return Listed(part, session.scalars(query).all())


def forget(session: Session, run_id: int) -> None:
    """Delete what was kept."""
    session.execute(delete(ListPage).where(ListPage.run_id == run_id))


def _split(page: bytes) -> Sequence[bytes]:
    size = KEPT_BYTES
    return [page[at : at + size] for at in range(0, len(page), size)]
