"""The draft: what is being edited, by whoever may, one change after the other."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from wxchannels.channels.errors import TakenError
from wxchannels.errors import N_
from wxchannels.menus.buttons import Menu, read_menu, write_menu
from wxchannels.models import Account, MenuDraft
from wxchannels.statements import count_changed, insert_new

DRAFTS = MenuDraft.__table__


class DraftChangedError(TakenError):
    """Two people edit one menu: nobody changes what they have not seen."""

    sentence = N_(
        "Somebody else changed the draft in the meantime. Look at it, then do it again."
    )


def get_draft(session: Session, account: Account) -> MenuDraft:
    """Return the account's draft: an empty one where nothing was edited yet."""
    found = session.get(MenuDraft, account.id, populate_existing=True)
    return found or MenuDraft(
        account_id=account.id,
        buttons=[],
        previous=[],
        revision=0,
        edited_by="",
        live_is_open=False,
    )


def menu_of(draft: MenuDraft) -> Menu:
    """Return the buttons of the draft."""
    return read_menu(draft.buttons)


def check_revision(draft: MenuDraft, revision: int) -> None:
    """Raise if the draft is no longer the one that was seen."""
    if draft.revision != revision:
        raise DraftChangedError


def change_draft(
    session: Session, draft: MenuDraft, menu: Menu, *, by: str, at: datetime
) -> None:
    """Make `menu` the draft, unless somebody changed it since `draft` was read."""
    row = ensure_row(session, draft)
    changed = (
        update(DRAFTS)
        .where(DRAFTS.c.account_id == row.account_id)
        .where(DRAFTS.c.revision == draft.revision)
        .values(
            buttons=write_menu(menu),
            previous=row.buttons,
            revision=draft.revision + 1,
            edited_at=at,
            edited_by=by,
        )
    )
    if not count_changed(session, changed):
        raise DraftChangedError
    session.expire(row)


def take_back(session: Session, draft: MenuDraft, *, by: str, at: datetime) -> None:
    """Make the draft what it was before its last change."""
    change_draft(session, draft, read_menu(draft.previous), by=by, at=at)


def ensure_row(session: Session, draft: MenuDraft) -> MenuDraft:
    """Return the draft's row, which is there from now on."""
    first = {
        "account_id": draft.account_id,
        "buttons": [],
        "previous": [],
        "revision": 0,
        "edited_by": "",
        "live_is_open": False,
    }
    insert_new(session, DRAFTS, [first])
    return session.get_one(MenuDraft, draft.account_id)
