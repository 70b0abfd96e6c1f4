"""Publishing a menu, deleting it, and asking WeChat which one it shows.

WeChat is asked between two transactions, as for a code: what can be checked is checked,
the caller lets go of the database and asks, then what WeChat did is written down.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.menus import limits
from wxchannels.menus.buttons import Menu, write_menu
from wxchannels.menus.drafts import check_revision, ensure_row, get_draft, menu_of
from wxchannels.models import Account, MenuVersion
from wxchannels.wechat.answers import CurrentMenu
from wxchannels.wechat.client import WeChatClient


class RefusableMenuError(DomainError):
    """WeChat would not take the menu: it is not asked."""

    sentence = N_("WeChat would refuse this menu. Change what is marked, then publish.")


def plan_publication(session: Session, account: Account, revision: int) -> Menu:
    """Return the draft as it was seen at `revision`, if WeChat may take it."""
    draft = get_draft(session, account)
    check_revision(draft, revision)
    menu = menu_of(draft)
    if limits.blocks(limits.find_problems(menu)):
        raise RefusableMenuError
    return menu


def ask_to_publish(session: Session, wechat: WeChatClient, menu: Menu) -> None:
    """Have WeChat show the menu. No transaction may be open: WeChat can be slow."""
    _let_go(session)
    wechat.create_menu(write_menu(menu))


def ask_to_delete(session: Session, wechat: WeChatClient) -> None:
    """Have WeChat take the menu away. No transaction may be open."""
    _let_go(session)
    wechat.delete_menu()


def ask_what_is_live(session: Session, wechat: WeChatClient) -> CurrentMenu:
    """Return what WeChat shows at the moment. No transaction may be open."""
    _let_go(session)
    return wechat.get_current_menu()


def record_publication(
    session: Session, account: Account, menu: Menu, *, by: str, at: datetime
) -> MenuVersion:
    """Write down that WeChat shows `menu` since it was asked at `at`; () is none."""
    version = MenuVersion(
        account_id=account.id,
        buttons=write_menu(menu),
        published_at=at,
        published_by=by,
    )
    session.add(version)
    session.flush()
    shown = CurrentMenu(is_open=bool(menu), buttons=tuple(version.buttons))
    record_live(session, account, shown, at=at)
    return version


def record_live(
    session: Session, account: Account, shown: CurrentMenu, *, at: datetime
) -> None:
    """Keep what WeChat said it shows."""
    draft = ensure_row(session, get_draft(session, account))
    draft.live, draft.live_is_open = list(shown.buttons), shown.is_open
    draft.live_read_at = at


def _let_go(session: Session) -> None:
    if session.in_transaction():
        raise RuntimeError("commit or roll back before WeChat is asked")
