"""Bindings on their page: found, looked at, undone; by staff and nobody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.members.site import Site
from tests.web.browser import Browser
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.models import Account, AuditEntry, BindingState, Role, User

ADDRESS = "/main/bindings"


@pytest.fixture
def site(session: Session, account: Account) -> Site:
    return Site(session, account, clock.utcnow())


@pytest.fixture
def bound(site: Site) -> int:
    with transactions(write=True):
        return site.bind("anna@shop")


def test_list_shows_who_is_bound_and_who_waits(
    staff: Browser, site: Site, bound: int
) -> None:
    del bound
    with transactions(write=True):
        site.propose("bo@shop")

    holding = staff.get(ADDRESS).text
    waiting = staff.get(f"{ADDRESS}?show=waiting").text
    both = staff.get(f"{ADDRESS}?show=all").text

    assert "anna@shop" in holding
    assert "bo@shop" not in holding
    assert "Waiting for the scan" in waiting
    assert "anna@shop" not in waiting
    assert "anna@shop" in both
    assert "bo@shop" in both


def test_member_is_found_by_a_part_of_the_name(
    staff: Browser, site: Site, bound: int
) -> None:
    del bound
    with transactions(write=True):
        site.bind("100%_bo", "bo")

    assert "anna@shop" in staff.get(f"{ADDRESS}?q=NNA").text
    found = staff.get(f"{ADDRESS}?q=%25_").text
    assert "100%_bo" in found
    assert "anna@shop" not in found
    assert "No member fits" in staff.get(f"{ADDRESS}?q=nobody").text


def test_name_of_a_member_is_text_and_no_markup(staff: Browser, site: Site) -> None:
    with transactions(write=True):
        site.bind("<script>alert(1)</script>")

    page = staff.get(ADDRESS).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_staff_undoes_a_binding_once(
    staff: Browser, site: Site, bound: int, session: Session
) -> None:
    act = f"{ADDRESS}/{bound}/undo"

    answers = [staff.send(act, page=ADDRESS) for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert site.bound() == {}
    assert site.binding(bound).state_at(site.now) == BindingState.UNBOUND
    assert "by staff" in staff.get(f"{ADDRESS}?show=unbound").text
    noted = session.scalars(select(AuditEntry.action)).all()
    assert "binding.cancel" in noted


def test_binding_of_another_account_does_not_exist(
    staff: Browser, session: Session, account: Account
) -> None:
    del account
    other = Site(session, factories.account(session, "other"), clock.utcnow())
    with transactions(write=True):
        number = other.bind()

    answer = staff.send(f"{ADDRESS}/{number}/undo", page=ADDRESS)

    assert answer.status_code == 404
    assert other.bound() == {"anna@shop": "anna"}


def test_managers_do_not_see_it(
    browser: Browser, admit: Callable[..., User], bound: int
) -> None:
    del bound
    admit(role=Role.MANAGER)
    browser.sign_in()

    assert browser.get(ADDRESS).status_code == 404
    assert "/main/bindings" not in browser.get("/main/channels").text


def test_empty_page_says_how_it_begins(staff: Browser) -> None:
    assert "Your program requests a code" in staff.get(ADDRESS).text
    assert "你的程序" in staff.get(f"{ADDRESS}?lang=zh").text
