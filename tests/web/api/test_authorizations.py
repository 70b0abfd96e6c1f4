"""Programs that want to know who looks at their page inside WeChat."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.web.api.conftest import Program, problem_of
from wxchannels import clock
from wxchannels.authorizations.people import Person
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import Account, Follower, WebAuthorization

SHOP = "https://shop.example"
REDEEM = "/authorizations/redeem"


@pytest.fixture
def account(session: Session) -> Account:
    return factories.account(session, return_addresses=[SHOP])


def begin(program: Program, **body: object) -> dict[str, Any]:
    answer = program.post("/authorizations", return_url=f"{SHOP}/in", **body)
    assert answer.status_code == 201, answer.json
    begun: dict[str, Any] = answer.get_json()
    return begun


def test_address_is_given_and_asks_for_nothing_but_the_openid(
    program: Program, session: Session
) -> None:
    begun = begin(program)

    row = session.scalars(select(WebAuthorization)).one()
    lasts = row.expires_at - row.created_at
    assert begun == {
        "id": row.handle,
        "url": f"http://localhost/empower/main/{row.handle}",
        "scope": "snsapi_base",
        "expires_at": f"{row.expires_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert len(row.handle) == 32
    assert lasts == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "return_url"),
        ({"return_url": "https://evil.example/"}, "return_url"),
        ({"return_url": f"{SHOP}.evil.example/"}, "return_url"),
        ({"return_url": f"{SHOP}/#in"}, "return_url"),
        ({"return_url": SHOP, "scope": "snsapi_login"}, "scope"),
        ({"return_url": SHOP, "purpose": "binding"}, "purpose"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_its_field(
    program: Program, session: Session, body: dict[str, object], field: str
) -> None:
    answer = program.post("/authorizations", **body)

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]
    assert session.scalars(select(WebAuthorization)).all() == []


def test_ticket_tells_who_it_is_once(
    program: Program, session: Session, account: Account
) -> None:
    now = clock.utcnow()
    anna = Follower(
        account_id=account.id,
        openid_hash=hash_openid(account.pepper, "o-anna"),
        first_seen_at=now,
        following=True,
    )
    session.add(anna)
    person = Person(openid="o-anna", nickname="小满", headimgurl="https://p.example/0")
    factories.authorization(session, account, "T", at=now, person=person.as_text())
    follower_id = anna.id
    session.rollback()

    first, second = program.post(REDEEM, ticket="T"), program.post(REDEEM, ticket="T")

    assert first.get_json() == {
        "id": "handle-of-T",
        "scope": "snsapi_base",
        "openid": "o-anna",
        "unionid": None,
        "nickname": "小满",
        "headimgurl": "https://p.example/0",
        "follower_id": follower_id,
        "following": True,
    }
    assert second.status_code == 404
    assert session.scalars(select(WebAuthorization.person)).all() == [None]


def test_somebody_the_ledger_never_met_is_told_as_such(
    program: Program, session: Session, account: Account
) -> None:
    factories.authorization(session, account, "T", at=clock.utcnow())

    person = program.post(REDEEM, ticket="T").get_json()

    assert (person["follower_id"], person["following"]) == (None, False)


def test_tickets_of_others_made_up_ones_and_old_ones_look_alike(
    program: Program, foreign: Program, session: Session, account: Account
) -> None:
    now = clock.utcnow()
    factories.authorization(session, account, "T", at=now)
    factories.authorization(session, account, "old", at=now - timedelta(minutes=5))

    answers = [
        foreign.post(REDEEM, ticket="T"),
        program.post(REDEEM, ticket="made up"),
        program.post(REDEEM, ticket="old"),
        program.post(REDEEM, ticket=""),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({problem_of(answer)["message"] for answer in answers}) == 1
    assert program.post(REDEEM, ticket="T").status_code == 200
