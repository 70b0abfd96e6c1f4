"""Where the account's menu stands: drafted, published, and seen in WeChat."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wxchannels.menus import limits
from wxchannels.menus.buttons import Menu
from wxchannels.menus.console import Shown, shown_by_wechat
from wxchannels.menus.differences import Difference, find_differences
from wxchannels.menus.drafts import get_draft, menu_of
from wxchannels.menus.limits import Problem
from wxchannels.menus.versions import latest_version, published_menu
from wxchannels.models import Account, MenuDraft, MenuVersion


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What whoever edits the menu has to know."""

    draft: MenuDraft
    menu: Menu
    problems: Sequence[Problem]
    #: What we published last, if we ever did.
    version: MenuVersion | None
    published: Menu
    #: What the draft changes of it.
    unpublished: Sequence[Difference]
    #: What WeChat told us when it was asked last, if it ever was.
    shown: Shown | None
    #: How that differs from what we published.
    strayed: Sequence[Difference]

    @property
    def is_publishable(self) -> bool:
        """Whether WeChat may be asked to show the draft."""
        return not limits.blocks(self.problems)

    @property
    def can_import(self) -> bool:
        """Whether WeChat told of a menu that the draft is not."""
        return bool(self.shown and self.shown.menu and self.shown.menu != self.menu)


def standing_of(session: Session, account: Account) -> Standing:
    """Return where the account's menu stands."""
    draft = get_draft(session, account)
    version = latest_version(session, account)
    menu, published = menu_of(draft), published_menu(version)
    shown = shown_by_wechat(draft)
    seen = shown.menu if shown and draft.live_is_open else ()
    return Standing(
        draft=draft,
        menu=menu,
        problems=limits.find_problems(menu),
        version=version,
        published=published,
        unpublished=find_differences(published, menu),
        shown=shown,
        strayed=find_differences(published, seen) if shown else (),
    )
