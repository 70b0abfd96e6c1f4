"""Drafts and versions, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.menus.menus import CLICK, MENU, VIEW, parent
from wxchannels.errors import NotFoundError
from wxchannels.menus.buttons import Menu
from wxchannels.menus.console import shown_by_wechat
from wxchannels.menus.drafts import (
    DraftChangedError,
    change_draft,
    get_draft,
    menu_of,
    take_back,
)
from wxchannels.menus.publishing import (
    RefusableMenuError,
    plan_publication,
    record_live,
    record_publication,
)
from wxchannels.menus.versions import (
    get_version,
    latest_version,
    list_versions,
    published_menu,
    version_before,
)
from wxchannels.models import Account, MenuVersion
from wxchannels.wechat.answers import CurrentMenu


def edit(session: Session, account: Account, menu: Menu, by: str = "ann") -> None:
    change_draft(session, get_draft(session, account), menu, by=by, at=NOON)


def test_draft_is_empty_before_anybody_edits(
    session: Session, account: Account
) -> None:
    draft = get_draft(session, account)

    assert (menu_of(draft), draft.revision) == ((), 0)


def test_draft_keeps_what_breaks_the_limits(session: Session, account: Account) -> None:
    edit(session, account, (parent(), CLICK))

    draft = get_draft(session, account)
    assert menu_of(draft) == (parent(), CLICK)
    assert (draft.revision, draft.edited_by, draft.edited_at) == (1, "ann", NOON)


def test_draft_keeps_every_character(session: Session, account: Account) -> None:
    odd = (replace(CLICK, name="a\0b 🍵 <b>", key="\\u0041'\"%"),)

    edit(session, account, odd)
    session.commit()

    assert menu_of(get_draft(session, account)) == odd


@pytest.mark.parametrize("changes", [0, 1])
def test_nobody_changes_a_draft_that_changed_unseen(
    session: Session, account: Account, changes: int
) -> None:
    for _ in range(changes):
        edit(session, account, (CLICK,))
    seen = get_draft(session, account)
    if seen in session:
        session.expunge(seen)
    edit(session, account, (CLICK, VIEW), by="bo")

    with pytest.raises(DraftChangedError):
        change_draft(session, seen, (), by="ann", at=NOON)

    assert menu_of(get_draft(session, account)) == (CLICK, VIEW)


def test_last_change_is_taken_back(session: Session, account: Account) -> None:
    edit(session, account, MENU)
    edit(session, account, (CLICK,))

    take_back(session, get_draft(session, account), by="ann", at=NOON)

    assert menu_of(get_draft(session, account)) == MENU


def test_draft_is_published_as_it_was_seen(session: Session, account: Account) -> None:
    edit(session, account, MENU)

    assert plan_publication(session, account, 1) == MENU
    with pytest.raises(DraftChangedError):
        plan_publication(session, account, 0)


def test_menu_that_wechat_would_refuse_is_not_published(
    session: Session, account: Account
) -> None:
    edit(session, account, (parent(),))

    with pytest.raises(RefusableMenuError):
        plan_publication(session, account, 1)


def test_version_says_who_published_what_and_when(
    session: Session, account: Account
) -> None:
    first = record_publication(session, account, MENU, by="ann", at=NOON)
    later = NOON + timedelta(hours=1)
    gone = record_publication(session, account, (), by="bo", at=later)
    other = factories.account(session, slug="other")
    record_publication(session, other, MENU, by="ann", at=later)

    assert list_versions(session, account) == [gone, first]
    assert latest_version(session, account) == gone
    assert version_before(session, gone) == first
    assert version_before(session, first) is None
    assert published_menu(gone) == ()
    assert (first.published_by, first.published_at) == ("ann", NOON)


def test_version_of_another_account_is_not_found(
    session: Session, account: Account
) -> None:
    version = record_publication(session, account, MENU, by="ann", at=NOON)
    other = factories.account(session, slug="other")

    assert get_version(session, account, version.id) == version
    with pytest.raises(NotFoundError):
        get_version(session, other, version.id)


def test_what_was_published_is_what_wechat_shows(
    session: Session, account: Account
) -> None:
    record_publication(session, account, MENU, by="ann", at=NOON)
    session.commit()

    shown = shown_by_wechat(get_draft(session, account))

    assert shown
    assert shown.menu == MENU
    assert get_draft(session, account).live_read_at == NOON


def test_reading_what_is_live_publishes_nothing(
    session: Session, account: Account
) -> None:
    edit(session, account, (CLICK,))
    told = CurrentMenu(
        is_open=True, buttons=({"name": "x", "type": "text", "value": "hi"},)
    )

    record_live(session, account, told, at=NOON)
    session.commit()

    draft = get_draft(session, account)
    assert (menu_of(draft), draft.revision, draft.live_is_open) == ((CLICK,), 1, True)
    assert session.scalars(select(MenuVersion)).all() == []
