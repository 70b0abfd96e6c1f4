"""What the database decides, on each of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.authorizations import authorizations, results
from wxchannels.authorizations.authorizations import (
    EXCHANGE_LASTS,
    FORGET,
    LASTS,
    AuthorizationEndedError,
)
from wxchannels.authorizations.people import Person
from wxchannels.authorizations.results import TicketEndedError
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    AuthorizationState,
    Task,
    WebAuthorization,
)

SECOND = timedelta(seconds=1)
ANNA = Person(openid="o-anna", nickname="小满")
PHONE, OTHER_PHONE = "a" * 64, "b" * 64
API, BINDING = AuthorizationPurpose.API, AuthorizationPurpose.BINDING
Begin = Callable[..., WebAuthorization]


@pytest.fixture
def begin(session: Session, account: Account) -> Begin:
    def begin(purpose: AuthorizationPurpose = API) -> WebAuthorization:
        return authorizations.begin(
            session,
            account,
            purpose,
            scope="snsapi_base",
            return_url="https://shop.example/",
            at=NOON,
        )

    return begin


def finish(session: Session, authorization: WebAuthorization, code: str = "c") -> str:
    """Have the phone come back as Anna; return the ticket."""
    authorizations.open_in(authorization, PHONE)
    assert authorizations.claim(session, authorization, code, at=NOON)
    authorizations.note_person(session, authorization, code, ANNA, at=NOON)
    return authorization.ticket or ""


def test_one_of_all_who_bring_the_code_asks_wechat(
    session: Session, begin: Begin
) -> None:
    authorization = begin()

    claimed = [
        authorizations.claim(session, authorization, code, at=NOON)
        for code in ("c", "c", "d")
    ]

    assert claimed == [True, False, False]
    assert authorizations.was_shown(authorization, "c")


def test_whoever_asked_and_died_is_followed_by_another(
    session: Session, begin: Begin
) -> None:
    authorization = begin()
    authorizations.claim(session, authorization, "c", at=NOON)
    later = NOON + EXCHANGE_LASTS

    early = authorizations.claim(session, authorization, "d", at=later - SECOND)
    taken_over = authorizations.claim(session, authorization, "d", at=later)
    authorizations.note_person(session, authorization, "c", ANNA, at=later)

    assert (early, taken_over) == (False, True)
    assert authorization.state == AuthorizationState.EXCHANGING
    assert authorization.person is None


def test_ticket_opens_one_answer(
    session: Session, account: Account, begin: Begin
) -> None:
    authorization = begin()
    ticket = finish(session, authorization)

    found, person = results.redeem(session, account, ticket, at=NOON)

    assert (found, person) == (authorization, ANNA)
    assert authorization.person is None
    assert authorization.ticket == ticket
    with pytest.raises(TicketEndedError):
        results.redeem(session, account, ticket, at=NOON)


def test_ticket_is_for_the_account_and_for_five_minutes(
    session: Session, account: Account, begin: Begin
) -> None:
    other = factories.account(session, slug="other")
    ticket = finish(session, begin())

    for whose, at in ((other, NOON), (account, NOON + timedelta(minutes=5))):
        with pytest.raises(TicketEndedError):
            results.redeem(session, whose, ticket, at=at)
    assert results.redeem(
        session, account, ticket, at=NOON + timedelta(minutes=5) - SECOND
    )


def test_person_is_known_to_the_browser_and_for_the_purpose_only(
    session: Session, account: Account, begin: Begin
) -> None:
    other = factories.account(session, slug="other")
    ticket = finish(session, begin(BINDING))

    def known(
        whose: Account, purpose: AuthorizationPurpose, browser: str, later: timedelta
    ) -> Person | None:
        return results.find_person(session, whose, purpose, browser, at=NOON + later)

    now = timedelta(0)
    assert ticket == ""
    assert known(account, BINDING, PHONE, now) == ANNA
    assert known(account, BINDING, PHONE, timedelta(minutes=10) - SECOND) == ANNA
    assert known(account, BINDING, PHONE, timedelta(minutes=10)) is None
    assert known(account, BINDING, OTHER_PHONE, now) is None
    assert known(account, AuthorizationPurpose.SIGN_IN, PHONE, now) is None
    assert known(other, BINDING, PHONE, now) is None


def test_state_given_out_before_leads_nowhere(session: Session, begin: Begin) -> None:
    authorization = begin()
    first = authorizations.open_in(authorization, PHONE)
    second = authorizations.open_in(authorization, PHONE)
    session.flush()

    found = authorizations.get_by_state(session, second, PHONE, at=NOON)

    assert found == authorization
    for state, browser in ((first, PHONE), (second, OTHER_PHONE)):
        with pytest.raises(AuthorizationEndedError):
            authorizations.get_by_state(session, state, browser, at=NOON)
    with pytest.raises(AuthorizationEndedError):
        authorizations.get_by_state(session, second, PHONE, at=NOON + LASTS)


def test_finished_authorization_is_its_browsers(
    session: Session, account: Account, begin: Begin
) -> None:
    authorization = begin()
    finish(session, authorization)

    def found(browser: str) -> WebAuthorization:
        return authorizations.get_by_handle(
            session, account, authorization.handle, browser, at=NOON
        )

    assert found(PHONE) == authorization
    with pytest.raises(AuthorizationEndedError):
        found(OTHER_PHONE)


def test_refusal_after_the_answer_changes_nothing(
    session: Session, begin: Begin
) -> None:
    authorization = begin()
    finish(session, authorization)

    authorizations.note_refusal(session, authorization)

    assert authorization.state == AuthorizationState.AUTHORIZED


def test_what_has_ended_is_deleted_by_work_that_comes_back(
    session: Session, account: Account, begin: Begin
) -> None:
    other = factories.account(session, slug="other")
    begin()
    finish(session, begin(BINDING))

    work = session.scalars(select(Task).where(Task.kind == FORGET)).all()
    again_at = results.forget_expired(session, account.id, now=NOON + LASTS - SECOND)
    elsewhere = results.forget_expired(session, other.id, now=NOON + LASTS)
    kept = session.scalars(select(WebAuthorization)).all()
    done = results.forget_expired(session, account.id, now=NOON + LASTS)

    assert [task.account_id for task in work] == [account.id]
    assert (again_at, elsewhere, done) == (NOON + LASTS, None, None)
    assert len(kept) == 2
    assert session.scalars(select(WebAuthorization)).all() == []
