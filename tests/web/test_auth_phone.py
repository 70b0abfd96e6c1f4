"""Signing in by WeChat: bound once, scanned, confirmed; and every trap on the way."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories, pushes
from tests.web.browser import Browser, hidden_fields, sentences
from tests.web.oauth_world import Phone, new_phone, open_wechat, settings_for
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.ledger import inbox, personal
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    Account,
    AuditEntry,
    CodeState,
    Follower,
    Role,
    TemporaryCode,
    User,
    UserSession,
    UserWeChat,
)
from wxchannels.people import links, phones, second_factor
from wxchannels.reports.figures import channel_report
from wxchannels.reports.periods import Period
from wxchannels.sandbox.remote import Sandbox
from wxchannels.wechat.pushes import parse

ENTER = "/sign-in/wechat/enter"
PAGE = "/sign-in/wechat"
OWN = "/profile/wechat"
LINK = re.compile(r'<a href="http://localhost(/sign-in/confirm/[0-9A-Za-z]{22})">')
Admit = Callable[..., User]


@pytest.fixture
def settings(settings: dict[str, str], wechat_url: str) -> dict[str, str]:
    return {**settings, **settings_for(wechat_url)}


@pytest.fixture
def sandbox(wechat_url: str) -> Iterator[Sandbox]:
    with open_wechat(wechat_url, anna="anna", bo="bo") as sandbox:
        yield sandbox


@pytest.fixture
def account(session: Session) -> Account:
    return factories.account(session, signs_users_in=True)


@dataclass
class Office:
    """A browser at a desk, and the phones that scan what it shows."""

    app: Flask
    session: Session
    account: Account
    sandbox: Sandbox

    def phone(self, person: str = "anna") -> Phone:
        return new_phone(self.app, self.sandbox, person)

    def desk(self) -> Browser:
        browser = Browser(self.app)
        browser.set_cookie("lang", "en")
        return browser

    def ask(self, desk: Browser) -> None:
        """Have a code made that would sign the desk's browser in."""
        answer = desk.send(PAGE, page="/sign-in")
        assert answer.location == PAGE, answer.text

    def scan(self, phone: Phone, *, at: timedelta = timedelta(0)) -> str:
        """Scan the newest code and return what the chat says."""
        self.session.rollback()
        scene = self.sandbox.codes()[-1].scene
        openid = str(phone.sandbox.person(phone.person)["openid"])
        now = clock.utcnow() + at
        body = pushes.subscribe(scene, openid=openid, at=now)
        delivery = Delivery(push=parse(body), body=body, received_at=now)
        with transactions(write=True):
            [answer] = inbox.receive(self.session, self.account.id, [delivery])
            self.session.commit()
        return str((answer.reply or {}).get("content", ""))

    def link(self, phone: Phone) -> str:
        said = self.scan(phone)
        found = LINK.search(said)
        assert found, said
        return found[1]

    def confirm(self, phone: Phone, link: str, answer: str = "yes") -> TestResponse:
        self.look(phone, link)
        posted = phone.browser.send(link, answer=answer)
        return phone.browser.get(posted.location) if posted.location else posted

    def look(self, phone: Phone, link: str) -> TestResponse:
        """Open the link, by way of WeChat where it was not asked lately."""
        page = phone.browser.get(link)
        if page.status_code != 302:
            return page
        phone.browser.get(phone.at_wechat(page.location))
        return phone.browser.get(link)

    def bind(self, desk: Browser, phone: Phone) -> None:
        """Bind the phone to whoever is signed in at the desk."""
        assert desk.send(OWN).location == OWN
        self.confirm(phone, self.link(phone))

    def enter(self, desk: Browser) -> TestResponse:
        """Ask once whether somebody may come in."""
        return desk.send(ENTER, page=PAGE)

    def code(self) -> TemporaryCode:
        self.session.rollback()
        self.session.expire_all()
        query = select(TemporaryCode).order_by(TemporaryCode.id.desc()).limit(1)
        return self.session.scalars(query).one()

    def bound(self) -> list[int]:
        """Return the users who can sign in with a WeChat."""
        self.session.rollback()
        return list(self.session.scalars(select(UserWeChat.user_id)))


@pytest.fixture
def office(app: Flask, session: Session, account: Account, sandbox: Sandbox) -> Office:
    return Office(app, session, account, sandbox)


@pytest.fixture
def anna(office: Office, admit: Admit) -> Phone:
    """Return the phone of a user who has bound it."""
    admit("ann@example.com")
    desk, phone = office.desk(), office.phone()
    desk.sign_in()
    office.bind(desk, phone)
    assert len(office.bound()) == 1
    return phone


def is_in(desk: Browser) -> bool:
    return desk.get("/profile").status_code == 200


def sid_of(desk: Browser) -> str:
    cookie = desk.get_cookie("session")
    assert cookie
    return cookie.value


# The way it goes.


def test_scan_and_confirmation_sign_the_browser_in_under_a_new_name(
    office: Office, anna: Phone
) -> None:
    desk = office.desk()
    office.ask(desk)
    before = sid_of(desk)

    link = office.link(anna)
    waiting = office.enter(desk)
    page = office.look(anna, link)
    office.confirm(anna, link)
    entered = office.enter(desk)

    assert waiting.status_code == 200
    assert "Scanned" in sentences(waiting)
    asked = sentences(page)
    assert all(told in asked for told in ("localhost", "ann@example.com", "127.0.0.1"))
    assert (entered.status_code, entered.location) == (302, "/")
    assert is_in(desk)
    assert sid_of(desk) != before
    assert office.code().state == CodeState.CONSUMED


def test_page_that_was_wanted_is_opened_and_htmx_leaves_the_whole_page(
    office: Office, anna: Phone
) -> None:
    desk = office.desk()
    desk.send(PAGE, page="/sign-in?next=/profile/password")
    office.confirm(anna, office.link(anna))
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get(PAGE).text)
    assert token

    entered = desk.post(
        ENTER, data={"csrf_token": token[1]}, headers={"HX-Request": "true"}
    )

    assert entered.headers["HX-Redirect"] == "/profile/password"
    assert is_in(desk)


def test_second_factor_is_still_asked_for(
    office: Office, anna: Phone, session: Session
) -> None:
    user = session.scalars(select(User)).one()
    second_factor.turn_on(session, user, "A" * 32, at=clock.utcnow())
    session.commit()
    desk = office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna))

    entered = office.enter(desk)

    assert entered.location == "/sign-in/code"
    assert not is_in(desk)


def test_password_is_asked_for_before_what_guards_the_access_is_changed(
    office: Office, anna: Phone
) -> None:
    desk = office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna))
    office.enter(desk)

    guarded = [desk.get(path) for path in (OWN, "/profile/second-factor")]
    desk.send("/profile/sessions/end", page="/profile")
    afterwards = desk.get(OWN)

    assert [page.location.split("?")[0] for page in (*guarded, afterwards)] == [
        "/sign-in/again"
    ] * 3


def test_password_signs_in_as_before(office: Office, anna: Phone) -> None:
    del anna
    desk = office.desk()

    desk.sign_in()

    assert is_in(desk)


def test_phone_comes_in_past_a_lock_and_leaves_it_for_passwords(
    office: Office, anna: Phone
) -> None:
    for _ in range(10):
        office.desk().sign_in(password="a wrong one")
    desk, other = office.desk(), office.desk()

    office.ask(desk)
    office.confirm(anna, office.link(anna))
    office.enter(desk)
    other.sign_in()

    assert (is_in(desk), is_in(other)) == (True, False)


def test_unbound_phone_signs_nobody_in(
    office: Office, anna: Phone, session: Session
) -> None:
    owner = office.desk()
    owner.sign_in()
    owner.send("/profile/wechat/unbind", page="/profile")
    desk = office.desk()
    office.ask(desk)

    said = office.scan(anna)

    assert "bound to no user" in said or "还没有绑定" in said
    assert office.bound() == []
    actions = session.scalars(select(AuditEntry.action)).all()
    assert {"user.bind_wechat", "user.unbind_wechat"} <= set(actions)


def test_erased_person_and_lost_access_sign_nobody_in(
    office: Office, anna: Phone, session: Session, account: Account
) -> None:
    user = session.scalars(select(User)).one()
    now = clock.utcnow()
    secret = links.issue_link(session, user, user, at=now)
    session.commit()
    desk = office.desk()

    words = "a new password, longer than before"
    desk.send(f"/password/{secret}", new_password=words, again=words)
    after_link = office.bound()
    desk.sign_in(password=words)
    office.bind(desk, anna)
    again = office.bound()
    with transactions(write=True):
        [person] = session.scalars(select(Follower))
        personal.erase_person(session, account, person, at=now)
        session.commit()

    assert (after_link, again) == ([], [user.id])
    assert office.bound() == []


# What must not be.


def test_scan_alone_signs_nobody_in(office: Office, anna: Phone) -> None:
    desk = office.desk()
    office.ask(desk)
    office.link(anna)

    assert office.enter(desk).status_code == 200
    assert not is_in(desk)


def test_other_browser_that_saw_the_code_cannot_come_in(
    office: Office, anna: Phone
) -> None:
    desk, thief = office.desk(), office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna))

    office.ask(thief)
    stolen = office.enter(thief)
    stranger = office.desk().send(ENTER, page="/sign-in")

    assert stolen.status_code == 200
    assert stranger.location == "/sign-in"
    assert not is_in(thief)
    assert office.enter(desk).location == "/"


def test_somebody_elses_link_confirms_nothing(office: Office, anna: Phone) -> None:
    desk, bo = office.desk(), office.phone("bo")
    office.ask(desk)
    link = office.link(anna)

    opened = office.look(bo, link)
    posted = bo.browser.send(link, page="/sign-in", answer="yes")

    assert (opened.status_code, posted.status_code) == (403, 403)
    assert "ann@example.com" not in opened.text
    assert office.code().state == CodeState.SCANNED


def test_person_who_did_not_ask_says_so_and_nobody_comes_in(
    office: Office, anna: Phone
) -> None:
    desk = office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna), answer="no")

    answer = office.enter(desk)

    assert "did not confirm" in sentences(answer)
    assert not is_in(desk)


def test_second_scanner_and_the_same_code_again_are_told_that_it_is_spent(
    office: Office, anna: Phone
) -> None:
    desk = office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna))
    office.enter(desk)

    assert LINK.search(office.scan(office.phone("bo"))) is None
    assert LINK.search(office.scan(anna, at=timedelta(seconds=5))) is None


def test_code_signs_in_once(office: Office, anna: Phone) -> None:
    desk = office.desk()
    office.ask(desk)
    link = office.link(anna)
    office.confirm(anna, link)
    office.enter(desk)
    desk.send("/sign-out", page="/profile")

    again = anna.browser.send(link, page="/sign-in", answer="yes")

    assert again.status_code == 403
    assert desk.get(PAGE).location == "/sign-in"


def expire(session: Session) -> None:
    session.rollback()
    session.execute(update(TemporaryCode).values(expires_at=clock.utcnow()))
    session.commit()


def test_late_scan_signs_nobody_in(
    office: Office, anna: Phone, session: Session
) -> None:
    desk = office.desk()
    office.ask(desk)
    expire(session)

    assert LINK.search(office.scan(anna)) is None
    assert "no longer good" in sentences(desk.get(PAGE))
    assert not is_in(desk)


def test_late_confirmation_signs_nobody_in(
    office: Office, anna: Phone, session: Session
) -> None:
    desk = office.desk()
    office.ask(desk)
    link = office.link(anna)
    form = {"answer": "yes", **hidden_fields(office.look(anna, link))}
    expire(session)

    answer = anna.browser.post(link, data={**form, "answer": "yes"})

    assert answer.status_code == 403
    assert office.code().state == CodeState.SCANNED
    assert not is_in(desk)


@pytest.mark.parametrize("moment", ["scanned", "confirmed"])
def test_disabled_user_cannot_come_in(
    office: Office, anna: Phone, session: Session, moment: str
) -> None:
    desk = office.desk()
    office.ask(desk)
    link = office.link(anna)
    if moment == "confirmed":
        office.confirm(anna, link)
    session.execute(update(User).values(active=False))
    session.commit()

    if moment == "scanned":
        assert office.look(anna, link).status_code == 403
    office.enter(desk)

    assert not is_in(desk)


def test_account_that_signs_nobody_in_any_more_does_not(
    office: Office, anna: Phone, session: Session
) -> None:
    desk = office.desk()
    office.ask(desk)
    office.confirm(anna, office.link(anna))
    session.execute(update(Account).values(signs_users_in=False))
    session.commit()

    office.enter(desk)

    assert not is_in(desk)
    assert "WeChat" not in sentences(office.desk().get("/sign-in")).split("Sign in")[-1]
    token = desk.send(PAGE, page="/sign-in")
    assert token.status_code == 404


def test_nobody_uses_up_what_wechat_allows(office: Office) -> None:
    desk = office.desk()

    answers = [desk.send(PAGE, page="/sign-in").status_code for _ in range(11)]

    assert answers == [*[302] * 10, 429]
    assert len(office.sandbox.codes()) == 10


def test_wechat_that_makes_no_code_is_explained(office: Office) -> None:
    office.sandbox.fault("/cgi-bin/qrcode/create", code=45009)

    desk = office.desk()

    answer = desk.send(PAGE, page="/sign-in")

    assert answer.location == "/sign-in"
    page = sentences(desk.get(answer.location))
    assert "WeChat cannot create a code right now" in page
    assert "45009" not in page


# Binding one's own WeChat.


def test_attackers_code_binds_nothing_of_a_victim_who_does_not_confirm(
    office: Office, admit: Admit
) -> None:
    admit("mallory@example.com", role=Role.STAFF)
    desk, victim = office.desk(), office.phone()
    desk.sign_in("mallory@example.com")
    desk.send(OWN)

    said = office.scan(victim)

    assert "mallory@example.com" in said
    assert office.bound() == []


def test_one_wechat_signs_one_user_in(
    office: Office, anna: Phone, admit: Admit
) -> None:
    admit("bob@example.com")
    desk = office.desk()
    desk.sign_in("bob@example.com")
    desk.send(OWN)

    answer = office.confirm(anna, office.link(anna))

    assert answer.status_code == 403
    assert "bound already" in sentences(answer)
    assert len(office.bound()) == 1


def test_one_user_has_one_wechat(office: Office, anna: Phone) -> None:
    del anna
    desk, other = office.desk(), office.phone("bo")
    desk.sign_in()
    desk.send(OWN)

    answer = office.confirm(other, office.link(other))

    assert answer.status_code == 403
    assert len(office.bound()) == 1


def test_code_for_binding_signs_nobody_in(office: Office, admit: Admit) -> None:
    admit("ann@example.com")
    desk, phone = office.desk(), office.phone()
    desk.sign_in()
    office.bind(desk, phone)
    desk.send("/sign-out", page="/profile")

    assert desk.get(PAGE).location == "/sign-in"
    assert not is_in(desk)


def test_binding_asks_for_the_password_again(
    office: Office, admit: Admit, session: Session
) -> None:
    admit("ann@example.com")
    desk = office.desk()
    desk.sign_in()
    stored = session.scalars(select(UserSession)).all()
    assert stored
    later = clock.utcnow() + timedelta(hours=2)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utcnow", lambda: later)
        shown = desk.get(OWN)
        posted = desk.send(OWN, page="/profile")

    assert shown.location.startswith("/sign-in/again")
    assert posted.location == OWN
    assert office.sandbox.codes() == []


# Figures, and who decides.


@pytest.mark.usefixtures("anna")
def test_follow_through_such_a_code_counts_in_no_channel(session: Session) -> None:
    now = clock.utcnow()
    account = session.scalars(select(Account)).one()
    today = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    period = Period(today - timedelta(days=1), today, "Asia/Shanghai")

    report = channel_report(session, account, period, now=now)

    assert (report.total.new_follows, report.no_channel.new_follows) == (1, 1)
    assert report.total.scans == 0


def test_administrator_chooses_one_account_or_none(
    signed_in: Browser, session: Session, account: Account
) -> None:
    other = factories.account(session, slug="other")
    numbers = {"main": account.id, "other": other.id}

    def chosen() -> list[str]:
        session.rollback()
        session.expire_all()
        query = select(Account.slug).where(Account.signs_users_in)
        return list(session.scalars(query))

    signed_in.send("/accounts/sign-in", page="/accounts", account=str(numbers["other"]))
    first = chosen()
    signed_in.send("/accounts/sign-in", page="/accounts", account="")
    # No account, and too large for a column.
    signed_in.send("/accounts/sign-in", page="/accounts", account=str(10**30))

    assert first == ["other"]
    assert chosen() == []
    assert phones.find_account(session) is None
