"""Who followed before we came: WeChat's list of followers, taken over page by page.

Without it an old follower who leaves and returns would look like somebody new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.ledger import seeding
from wxchannels.models import Account
from wxchannels.wechat.client import MAX_USERS, WeChatClient

#: Hears how many of how many people were looked up just now.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list, with when each person followed."""

    rows: Sequence[tuple[str, datetime]]
    next_openid: str


def fetch_page(wechat: WeChatClient, start: str, *, progress: Progress) -> Page:
    """Ask WeChat for the page behind `start`; call it without a transaction open."""
    listed = wechat.followers(start)
    rows: list[tuple[str, datetime]] = []
    for first in range(0, len(listed.openids), MAX_USERS):
        openids = listed.openids[first : first + MAX_USERS]
        # Who left since the list was made has no time and is no follower.
        rows += [
            (person.openid, person.subscribe_time)
            for person in wechat.batch_user_info(openids)
            if person.subscribe and person.subscribe_time
        ]
        progress(len(openids), listed.total)
    # A page that names nobody is the last, and must not lead back to the first.
    is_last = not listed.openids or listed.next_openid == start
    return Page(rows=rows, next_openid="" if is_last else listed.next_openid)


def store_page(session: Session, account: Account, page: Page, *, at: datetime) -> None:
    """Take over the people of `page` and note where the import goes on."""
    seeding.seed(session, account, page.rows, at=at)
    account.import_next_openid = page.next_openid or None
    if not page.next_openid:
        account.followers_imported_at = at
