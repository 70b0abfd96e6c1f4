"""The pages of the menu: edited, published, deleted, looked at."""

from collections.abc import Callable

import pytest
import responses
from requests import ConnectTimeout
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes, wire
from tests.factories import NOON
from tests.menus.menus import CLICK, MENU, VIEW, parent
from tests.web.browser import Browser, hidden_fields, sentences
from wxchannels.menus.buttons import Menu
from wxchannels.menus.drafts import change_draft, get_draft, menu_of
from wxchannels.menus.publishing import record_publication
from wxchannels.menus.versions import list_versions
from wxchannels.models import Account, AuditEntry, Role, User

PAGE = "/main/menus"
ORDER = {"name": "点单", "type": "click", "key": "ORDER"}


@pytest.fixture(name="draft")
def drafting(session: Session, account: Account) -> Callable[[Menu], None]:
    """Return a function that makes a menu the draft."""

    def _draft(menu: Menu) -> None:
        draft = get_draft(session, account)
        change_draft(session, draft, menu, by="bo@example.com", at=NOON)
        session.commit()

    return _draft


def drafted(session: Session, account: Account) -> Menu:
    session.rollback()
    return menu_of(get_draft(session, account))


def actions(session: Session) -> list[str]:
    about_menus = AuditEntry.action.startswith("menu.")
    return list(session.scalars(select(AuditEntry.action).where(about_menus)))


def test_page_without_a_menu_offers_the_first_button(staff: Browser) -> None:
    page = sentences(staff.get(PAGE))

    assert "There is no button yet." in page
    assert "Already have a menu in WeChat’s console?" in page


def test_button_is_added_to_the_draft(
    staff: Browser, session: Session, account: Account
) -> None:
    staff.send(f"{PAGE}/buttons/new", page=PAGE, do="save", **ORDER)

    assert drafted(session, account) == (CLICK,)


def test_button_is_added_below_another(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft((parent(VIEW),))

    staff.send(f"{PAGE}/buttons/1.new", page=PAGE, do="save", **ORDER)

    assert drafted(session, account) == (parent(VIEW, CLICK),)


def test_too_long_name_is_kept_and_said_at_the_name(staff: Browser) -> None:
    long = {**ORDER, "name": "十一月新品尝鲜"}

    answer = staff.send(f"{PAGE}/buttons/new", page=PAGE, do="save", **long)

    shown = staff.get(answer.location)
    assert 'value="十一月新品尝鲜"' in shown.text
    assert 'aria-invalid="true"' in shown.text
    assert "at most 16 bytes, about 5 Chinese characters; this one has 21" in sentences(
        shown
    )
    assert "The phone shows only “十一月新..”." in sentences(shown)


def test_button_moves_and_is_saved_with_what_was_typed(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft((VIEW, CLICK))
    typed = {**ORDER, "name": "下单"}

    answer = staff.send(f"{PAGE}/buttons/2", page=f"{PAGE}?b=2", do="up", **typed)

    assert answer.location == f"{PAGE}?b=1"
    assert [button.name for button in drafted(session, account)] == ["下单", "官网"]


def test_removed_button_comes_back(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft(MENU)
    staff.send(f"{PAGE}/buttons/2", page=f"{PAGE}?b=2", do="remove")
    assert drafted(session, account) == (CLICK,)

    offer = staff.get(PAGE)
    assert "“会员” is removed from the draft." in sentences(offer)
    staff.send(f"{PAGE}/undo?revision=2", page=PAGE)

    assert drafted(session, account) == MENU


def test_change_of_a_draft_that_changed_meanwhile_keeps_what_was_typed(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft((CLICK,))
    seen = hidden_fields(staff.get(f"{PAGE}?b=1"))
    draft((CLICK, VIEW))

    typed = {**seen, **ORDER, "name": "下单", "do": "save"}
    answer = staff.post(f"{PAGE}/buttons/1", data=typed)

    assert answer.status_code == 422
    assert "Somebody else changed the draft" in sentences(answer)
    assert 'value="下单"' in answer.text
    assert drafted(session, account) == (CLICK, VIEW)
    # Sent again, it is what was meant.
    staff.post(f"{PAGE}/buttons/1", data={**typed, **hidden_fields(answer)})
    assert [button.name for button in drafted(session, account)] == ["下单", "官网"]


def test_parent_is_not_made_an_action(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft(MENU)

    answer = staff.send(f"{PAGE}/buttons/2", page=f"{PAGE}?b=2", do="save", **ORDER)

    assert answer.status_code == 422
    assert "This button opens others." in sentences(answer)
    assert drafted(session, account) == MENU


@pytest.mark.parametrize("address", ["0", "9.9.9", "x", "1.new", "2.1.new"])
def test_addresses_of_no_button_are_not_found(
    staff: Browser, draft: Callable[[Menu], None], address: str
) -> None:
    draft(MENU)

    answer = staff.send(f"{PAGE}/buttons/{address}", page=PAGE, do="save")

    assert answer.status_code == 404


def test_publishing_saves_and_asks_wechat(
    staff: Browser,
    session: Session,
    account: Account,
    wechat: responses.RequestsMock,
) -> None:
    wire.answer_menu(wechat, "create")

    staff.send(f"{PAGE}/buttons/new", page=PAGE, do="publish", **ORDER)

    assert wire.menus_created(wechat) == [[ORDER]]
    [version] = list_versions(session, account)
    assert (version.buttons, version.published_by) == ([ORDER], "ann@example.com")
    assert actions(session) == ["menu.publish"]
    page = sentences(staff.get(PAGE))
    assert "by ann@example.com." in page
    assert "not published" not in page


def test_menu_over_a_limit_is_not_sent_to_wechat(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    staff.send(f"{PAGE}/buttons/new", page=PAGE, do="publish", name="x", type="view")

    assert wire.menus_created(wechat) == []
    page = sentences(staff.get(PAGE))
    assert "WeChat would refuse this menu." in page
    assert "Enter the page’s address." in page
    assert list_versions(session, account) == []


def test_refusal_stands_at_the_button_it_is_about(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
    wechat: responses.RequestsMock,
) -> None:
    draft((CLICK, parent(VIEW, CLICK)))
    wire.answer_menu(wechat, "create", 40054, "invalid sub button url domain")

    answer = staff.send(f"{PAGE}/buttons/1", page=f"{PAGE}?b=1", do="publish", **ORDER)

    assert answer.status_code == 422
    assert "the domain of this address (error 40054)" in sentences(answer)
    assert f'value="{VIEW.url.replace("&", "&amp;")}"' in answer.text
    assert 'id="url-e"' in answer.text
    assert list_versions(session, account) == []
    assert actions(session) == []


def test_refusal_of_several_buttons_names_them(
    staff: Browser, draft: Callable[[Menu], None], wechat: responses.RequestsMock
) -> None:
    draft((CLICK, VIEW))
    wire.answer_menu(wechat, "create", 40018, "invalid button name size")

    answer = staff.send(f"{PAGE}/buttons/1", page=f"{PAGE}?b=1", do="publish", **ORDER)

    assert "(error 40018)" in sentences(answer)
    assert "It may be about: 点单 · 官网." in sentences(answer)
    assert sentences(answer).count("Needs fixing") == 2


def test_silence_of_wechat_publishes_nothing(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
    wechat: responses.RequestsMock,
) -> None:
    draft((CLICK,))
    wechat.post(f"{wire.API}/cgi-bin/menu/create", body=ConnectTimeout("silence"))

    answer = staff.send(f"{PAGE}/buttons/1", page=f"{PAGE}?b=1", do="publish", **ORDER)

    assert "WeChat does not answer" in sentences(answer)
    assert list_versions(session, account) == []


def test_menu_is_deleted_only_when_its_name_is_typed(
    staff: Browser,
    session: Session,
    account: Account,
    draft: Callable[[Menu], None],
    wechat: responses.RequestsMock,
) -> None:
    draft(MENU)
    record_publication(session, account, MENU, by="bo@example.com", at=NOON)
    session.commit()
    wire.answer_menu(wechat, "delete")

    refused = staff.send(f"{PAGE}/delete", confirmation="no")
    assert refused.status_code == 422
    assert "Type the account’s short name" in sentences(refused)
    staff.send(f"{PAGE}/delete", confirmation="main")

    session.rollback()
    assert list_versions(session, account)[0].buttons == []
    assert actions(session) == ["menu.delete"]
    assert drafted(session, account) == MENU
    assert "Deleted" in sentences(staff.get(PAGE))


def test_refused_deletion_deletes_nothing(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    wire.answer_menu(wechat, "delete", 48001, "api unauthorized")

    staff.send(f"{PAGE}/delete", confirmation="main")

    assert "(error 48001)" in sentences(staff.get(PAGE))
    assert list_versions(session, account) == []


def test_another_menu_in_wechat_is_shown_beside_ours(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    record_publication(session, account, MENU, by="bo@example.com", at=NOON)
    session.commit()
    wire.show_menu(
        wechat, {"name": "活动", "type": "view", "url": "https://x.example/"}
    )

    staff.send(f"{PAGE}/live", page=PAGE)

    page = sentences(staff.get(PAGE))
    assert "WeChat shows another menu than the one that was published here" in page
    assert "What was published here 点单 Sends a message 会员" in page
    assert "What WeChat shows 活动 Opens a page" in page


def test_menu_that_is_as_published_is_no_news(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    record_publication(session, account, (CLICK,), by="bo@example.com", at=NOON)
    session.commit()
    wire.show_menu(wechat, {**ORDER, "sub_button": {"list": []}})

    staff.send(f"{PAGE}/live", page=PAGE)

    page = sentences(staff.get(PAGE))
    assert "Checked the menu in WeChat." in page
    assert "another menu" not in page


def test_menu_of_the_console_is_imported(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    hello = {"name": "你好", "type": "text", "value": "欢迎光临"}
    wire.show_menu(wechat, hello, ORDER)
    staff.send(f"{PAGE}/live", page=PAGE)
    page = sentences(staff.get(PAGE))
    assert "This account has a menu that was not made here" in page
    assert "欢迎光临" in page

    staff.send(f"{PAGE}/import", page=PAGE)

    assert [button.type for button in drafted(session, account)] == ["click", "click"]
    assert list_versions(session, account) == []


def test_version_is_shown_and_used_again(
    staff: Browser, session: Session, account: Account, draft: Callable[[Menu], None]
) -> None:
    first = record_publication(session, account, MENU, by="bo@example.com", at=NOON)
    record_publication(session, account, (CLICK,), by="ann@example.com", at=NOON)
    session.commit()
    draft((VIEW,))
    assert "点单 · 会员" in sentences(staff.get(f"{PAGE}/versions"))
    page = f"{PAGE}/versions/{first.id}"
    assert "Published by bo@example.com." in sentences(staff.get(page))

    staff.send(f"{page}/use", page=page)

    assert drafted(session, account) == MENU


def test_others_read_and_see_no_form(
    browser: Browser,
    session: Session,
    admit: Callable[..., User],
    account: Account,
    draft: Callable[[Menu], None],
) -> None:
    draft(MENU)
    version = record_publication(session, account, MENU, by="bo", at=NOON)
    session.commit()
    admit(role=Role.STAFF)
    browser.sign_in()

    page = browser.get(f"{PAGE}?b=2.1")
    assert VIEW.url.replace("&", "&amp;") in page.text
    assert 'id="button"' not in page.text
    assert browser.get(f"{PAGE}/delete").status_code == 404
    assert browser.get(f"{PAGE}/versions/{version.id}").status_code == 200
    token = hidden_fields(browser.get("/profile"))
    assert browser.post(f"{PAGE}/buttons/1", data=token).status_code == 404


def test_clicks_stand_beside_the_menu(
    staff: Browser, session: Session, account: Account
) -> None:
    record_publication(session, account, MENU, by="bo", at=NOON)
    session.commit()
    for key in ("ORDER", "GONE"):
        staff.post(pushes.signed(), data=pushes.event("CLICK", key))

    answer = staff.get(f"{PAGE}?start=2026-03-02&end=2026-03-03")

    page = sentences(answer)
    assert 'popovertarget="def-clicks"' in answer.text
    assert 'id="def-clicks"' in answer.text
    assert "All buttons 2 点单 1 官网 0 商城 0 GONE not in the menu any more 1" in page
    assert "2026-03-02 1 0 0 1 2026-03-03 0 0 0 0" in page
    assert "Data until" in page


def test_bad_period_of_clicks_is_refused_at_its_field(staff: Browser) -> None:
    answer = staff.get(f"{PAGE}?start=2026-13-02&end=2026-03-03")

    assert "The calendar has no such day." in sentences(answer)
    assert 'aria-invalid="true"' in answer.text
