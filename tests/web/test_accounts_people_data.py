"""The pages on which an administrator hands out or erases one person's data."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.web.browser import Browser, sentences
from wxchannels.models import AuditEntry, Follower, RawPush

ANNA = "oAnna-6_bmjrPTlm6-2vgVt7hMEOPfL2Md"


@pytest.fixture
def anna(reader: Browser, client: FlaskClient, session: Session) -> str:
    """Have anna follow; return the address of her page."""
    del reader
    client.post(pushes.signed(), data=pushes.subscribe(openid=ANNA))
    session.rollback()
    number = session.scalars(select(Follower.id)).one()
    session.rollback()
    return f"/main/people-data/{number}"


def actions(session: Session) -> list[tuple[str, int | None, object]]:
    session.rollback()
    rows = select(AuditEntry).where(AuditEntry.action.like("person.%"))
    found = session.scalars(rows.order_by(AuditEntry.id))
    return [(row.action, row.subject_id, row.details) for row in found]


def test_openid_leads_to_the_person_and_stands_in_no_address(
    reader: Browser, anna: str
) -> None:
    response = reader.send("/main/people-data", openid=f" {ANNA} ")

    assert (response.status_code, response.location) == (302, anna)


def test_page_says_how_much_is_kept(reader: Browser, anna: str) -> None:
    page = reader.get(anna)

    text = sentences(page)
    assert page.cache_control.no_store
    assert ANNA not in page.text
    assert "OpenID …L2Md" in text
    assert "Events 1" in text
    assert "Pushes as WeChat sent them 1" in text
    assert "This person still follows" in text


@pytest.mark.parametrize(
    ("openid", "sentence"),
    [
        ("nobody", "We keep nothing of a person with this openid."),
        ("", "Enter the openid."),
    ],
)
def test_unknown_openid_is_said_at_the_field(
    reader: Browser, openid: str, sentence: str
) -> None:
    page = reader.send("/main/people-data", openid=openid)

    assert page.status_code == 422
    assert sentence in sentences(page)


def test_everything_is_handed_out_as_a_file(
    reader: Browser, session: Session, anna: str
) -> None:
    response = reader.send(f"{anna}/export", page=anna)

    number = int(anna.rpartition("/")[2])
    attached = response.headers["Content-Disposition"]
    assert attached == f'attachment; filename="main-person-{number}.json"'
    assert response.cache_control.no_store
    assert response.json
    assert response.json["follower"][0]["openid"] == ANNA
    assert ANNA in response.json["raw_push"][0]["body"]
    assert actions(session) == [("person.export", number, {})]


def test_erasure_is_confirmed_by_the_accounts_short_name(
    reader: Browser, session: Session, anna: str
) -> None:
    refused = reader.send(f"{anna}/erase", page=anna, confirmation="mian")
    erased = reader.send(f"{anna}/erase", page=anna, confirmation="main")

    number = int(anna.rpartition("/")[2])
    assert refused.status_code == 422
    assert "Type the account’s short name to confirm." in sentences(refused)
    assert erased.location == anna
    assert actions(session) == [("person.erase", number, {})]
    assert session.scalars(select(Follower.openid)).all() == [None]
    assert session.scalars(select(RawPush.body)).all() == [b""]


def test_page_of_who_was_erased_offers_nothing_to_erase(
    reader: Browser, anna: str
) -> None:
    reader.send(f"{anna}/erase", page=anna, confirmation="main")

    page = reader.get(anna)

    assert "Nothing is left that says who the person is." in sentences(page)
    assert "Erase for good" not in page.text


def test_person_of_another_account_is_not_there(
    reader: Browser, session: Session, anna: str
) -> None:
    factories.account(session, "other")

    found = reader.get(anna.replace("main", "other"))
    looked_up = reader.send("/other/people-data", openid=ANNA)

    assert found.status_code == 404
    assert looked_up.status_code == 422
