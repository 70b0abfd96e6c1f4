"""What was published when and by whom: added with each publication, never changed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import NotFoundError
from wxchannels.menus.buttons import Menu, read_menu
from wxchannels.models import Account, MenuVersion

MOST_LISTED = 100


def list_versions(session: Session, account: Account) -> Sequence[MenuVersion]:
    """Return the account's latest versions, the newest first."""
    query = select(MenuVersion).where(MenuVersion.account_id == account.id)
    newest = query.order_by(MenuVersion.published_at.desc(), MenuVersion.id.desc())
    return session.scalars(newest.limit(MOST_LISTED)).all()


def latest_version(session: Session, account: Account) -> MenuVersion | None:
    """Return what we published last; its menu is empty where we deleted it."""
    return next(iter(list_versions(session, account)), None)


def get_version(session: Session, account: Account, number: int) -> MenuVersion:
    """Return one of the account's versions, or raise `NotFoundError`."""
    version = session.get(MenuVersion, number)
    if version is None or version.account_id != account.id:
        raise NotFoundError
    return version


def version_before(session: Session, version: MenuVersion) -> MenuVersion | None:
    """Return the version that this one replaced."""
    query = (
        select(MenuVersion)
        .where(MenuVersion.account_id == version.account_id)
        .where(MenuVersion.id < version.id)
    )
    return session.scalar(query.order_by(MenuVersion.id.desc()).limit(1))


def published_menu(version: MenuVersion | None) -> Menu:
    """Return the buttons of a version; none are those of no version."""
    return read_menu(version.buttons) if version else ()
