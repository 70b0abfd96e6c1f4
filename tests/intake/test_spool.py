"""What the spool keeps, it gives back, from a damaged file too."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from wxchannels.columns import keyring
from wxchannels.intake.quarantine import Ended
from wxchannels.intake.spool import Spool, SpoolError
from wxchannels.intake.spooled import Spooled

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
DAY = timedelta(days=1)
AT = datetime(2026, 3, 2, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    keyring.use([KEY])
    return Spool(tmp_path)


def some(count: int, size: int = 300) -> Sequence[Spooled]:
    return [
        Spooled(7, f"<push {n}>".encode().ljust(size, b"."), AT + timedelta(seconds=n))
        for n in range(count)
    ]


def everything(spool: Spool) -> list[Spooled]:
    found: list[Spooled] = []
    while some_of_it := spool.take(50):
        found += some_of_it.values()
        spool.remove(list(some_of_it))
    return found


def test_pushes_come_back_in_order_and_whole(spool: Spool) -> None:
    spool.put(some(3))
    spool.put([Spooled(8, b"x" * 65_536, AT)])

    first = spool.take(2)

    assert list(first.values()) == some(3)[:2]
    assert spool.state().pushes == 4
    assert everything(spool) == [*some(3), Spooled(8, b"x" * 65_536, AT)]
    assert spool.state().pushes == 0


def test_oldest_says_since_when_pushes_wait(spool: Spool) -> None:
    spool.put(some(2))
    spool.remove(spool.take(1))

    assert spool.state().oldest_at == AT + timedelta(seconds=1)


def test_unused_spool_makes_no_file(spool: Spool) -> None:
    spool.check()

    assert spool.take(5) == {}
    assert spool.state().pushes == 0
    assert list(spool.folder.iterdir()) == []


def test_nothing_on_the_disk_can_be_read(spool: Spool) -> None:
    spool.put([Spooled(7, b"o-openid-of-anna", AT)])

    kept = b"".join(path.read_bytes() for path in spool.folder.iterdir())

    assert b"anna" not in kept


def test_truncated_file_gives_back_what_is_whole(spool: Spool) -> None:
    spool.put(some(1000))
    path = spool.folder / "spool.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    spool.check()

    found = everything(spool)
    assert set(found) < set(some(1000))
    assert len(found) > 100
    assert spool.state().quarantined == 1
    assert (spool.folder / "damaged-1.sqlite3").exists()


def test_flipped_bytes_cost_at_most_what_they_hit(spool: Spool) -> None:
    spool.put(some(200))
    path = spool.folder / "spool.sqlite3"
    content = bytearray(path.read_bytes())
    for at in Random(1).sample(range(len(content)), 20):
        content[at] ^= 0xFF
    path.write_bytes(content)

    spool.check()

    found = everything(spool)
    assert set(found) <= set(some(200))
    assert len(set(found)) >= 180
    assert spool.state().quarantined >= 1


def test_damaged_file_is_set_aside_when_a_push_comes(spool: Spool) -> None:
    spool.put(some(3))
    path = spool.folder / "spool.sqlite3"
    path.write_bytes(b"no database" + path.read_bytes()[11:])

    spool.put([Spooled(9, b"new", AT)])
    path.write_bytes(b"no database" + path.read_bytes()[11:])
    found = everything(spool)

    assert set(found) == {*some(3), Spooled(9, b"new", AT)}
    assert spool.state().quarantined == 2


def test_remove_forgets_nothing_else_where_the_file_was_set_aside(spool: Spool) -> None:
    spool.put(some(200))
    recorded = spool.take(50)
    path = spool.folder / "spool.sqlite3"
    path.write_bytes(b"no database" + path.read_bytes()[11:])

    spool.remove(recorded)

    assert set(everything(spool)) == set(some(200)[50:])


def test_killed_while_setting_aside_loses_nothing(spool: Spool) -> None:
    spool.put(some(20))
    path = spool.folder / "spool.sqlite3"
    path.write_bytes(b"no database" + path.read_bytes()[11:])
    # As far as a kill may come: the damaged file has two names, half a draft is there.
    (spool.folder / "damaged-1.sqlite3").hardlink_to(path)
    (spool.folder / "salvaged.sqlite3").write_bytes(b"half")

    assert set(everything(spool)) == set(some(20))


def test_long_push_is_found_in_a_damaged_file(spool: Spool) -> None:
    long = Spooled(7, b"x" * 12_000, AT)
    spool.put([long])
    path = spool.folder / "spool.sqlite3"
    path.write_bytes(b"no database" + path.read_bytes()[11:])

    assert everything(spool) == [long]


def test_push_that_no_key_opens_lets_the_others_pass(spool: Spool) -> None:
    spool.put(some(2))
    keyring.use([OTHER_KEY])
    spool.put([Spooled(7, b"later", AT)])

    found = everything(spool)

    assert found == [Spooled(7, b"later", AT)]
    assert spool.state().quarantined == 2


def test_damaged_files_end_after_their_days(spool: Spool) -> None:
    for number, age in ((1, 91), (2, 89)):
        file = spool.folder / f"damaged-{number}.sqlite3"
        file.write_bytes(b"?")
        moment = (AT - age * DAY).timestamp()
        os.utime(file, (moment, moment))
    assert spool.state().quarantined_since == AT - 91 * DAY

    ended = spool.end_quarantine(AT - 90 * DAY)

    assert ended == Ended(files=1, pushes=0)
    assert [path.name for path in spool.folder.iterdir()] == ["damaged-2.sqlite3"]
    assert spool.state().quarantined_since == AT - 89 * DAY


def test_unreadable_pushes_end_after_their_days(spool: Spool) -> None:
    spool.put(some(2))
    spool.put_aside(list(spool.take(1)))
    since, now = spool.state().quarantined_since, datetime.now(UTC)
    assert since
    assert abs(now - since) < timedelta(minutes=1)

    assert spool.end_quarantine(now - DAY) == Ended(files=0, pushes=0)
    assert spool.end_quarantine(now + DAY) == Ended(files=0, pushes=1)

    assert spool.state().quarantined == 0
    assert everything(spool) == some(2)[1:]


def test_what_ended_is_not_on_the_disk_any_more(spool: Spool) -> None:
    spool.put([Spooled(7, bytes(3000), AT)])
    path = spool.folder / "spool.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        [record] = file.execute("SELECT record FROM push").fetchone()
        file.execute("PRAGMA secure_delete = ON")
        file.execute("INSERT INTO unreadable SELECT name, record FROM push")
        file.execute("DELETE FROM push")
        file.commit()
    assert record[100:200] in path.read_bytes()

    # A version before said of no push since when it lies here.
    spool.end_quarantine(AT)
    assert spool.state().quarantined == 1
    spool.end_quarantine(datetime.now(UTC) + DAY)

    assert record[100:200] not in path.read_bytes()


def test_push_cannot_be_moved_to_another_account(spool: Spool) -> None:
    spool.put(some(1))
    with sqlite3.connect(spool.folder / "spool.sqlite3") as file:
        record = file.execute("SELECT record FROM push").fetchone()[0]
    other = replace(some(1)[0], account_id=8).to_record()

    assert len(record) == len(other)
    assert (7).to_bytes(8, "big") not in record


def test_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "not-there")

    assert not spool.can_keep()
    with pytest.raises(SpoolError):
        spool.put(some(1))
    with pytest.raises(SpoolError), spool.drained_by_us():
        pass


def test_only_one_process_drains(spool: Spool) -> None:
    with spool.drained_by_us() as first, Spool(spool.folder).drained_by_us() as second:
        assert (first, second) == (True, False)
    with spool.drained_by_us() as again:
        assert again
