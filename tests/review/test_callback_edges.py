"""What WeChat and strangers may send that no sample shows."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.intake.conftest import until
from wxchannels.database import open_engine
from wxchannels.intake.intake import Intake
from wxchannels.models import Account, RawPush

NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def away(app: Flask, account: Account) -> Iterator[None]:
    """Start where the database has not answered yet."""
    del account
    app.extensions["intake"].close()
    app.extensions["intake"] = Intake(
        NOBODY, spool_dir=app.config["SPOOL_DIR"], erase_on_unfollow=True, deadline=5
    )
    yield
    app.extensions["intake"].close()


@pytest.mark.usefixtures("account")
def test_echostr_that_is_no_text_comes_back_byte_for_byte(client: FlaskClient) -> None:
    answer = client.get(f"{pushes.signed()}&echostr=a%FF%C3%A9+%2Bb")

    assert answer.status_code == 200
    assert answer.data == b"a\xff\xc3\xa9 +b"


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("path", ["/weixin//main", "/weixin/main//", "/weixin//"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_slash_too_many_is_no_redirect(
    client: FlaskClient, path: str, method: str
) -> None:
    query = urlsplit(pushes.signed()).query

    answer = client.open(f"{path}?{query}", method=method, data=pushes.text("hello"))

    assert answer.status_code == 404


@pytest.mark.usefixtures("away")
def test_push_before_the_accounts_could_be_read_is_sent_again(
    client: FlaskClient,
) -> None:
    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert answer.status_code == 500


def test_verification_is_answered_though_its_moment_cannot_be_noted(
    app: Flask, client: FlaskClient, account: Account
) -> None:
    del account
    intake = app.extensions["intake"]
    assert client.get(f"{pushes.signed('nobody')}&echostr=1").status_code == 403
    reachable = intake.engine
    intake.engine = open_engine(NOBODY, pool_size=1)

    answer = client.get(f"{pushes.signed()}&echostr=42")

    intake.engine.dispose()
    intake.engine = reachable
    assert (answer.status_code, answer.text) == (200, "42")


@pytest.mark.usefixtures("account")
def test_without_tables_a_push_waits_in_the_spool(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    session.rollback()
    engine = app.extensions["intake"].engine
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE raw_push RENAME TO raw_push_away"))

    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))
    ready = client.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "success")
    assert ready.status_code == 200
    assert app.extensions["intake"].status().spooled == 1
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE raw_push_away RENAME TO raw_push"))
    # The drainer's own thread may be before us.
    app.extensions["intake"].drain()
    until(lambda: bodies(session) == [pushes.subscribe("a")])


def bodies(session: Session) -> list[bytes]:
    session.rollback()
    return [push.body for push in session.scalars(select(RawPush).order_by(RawPush.id))]


@pytest.mark.usefixtures("account")
def test_pushes_of_who_left_are_emptied_and_stay_so_when_sent_again(
    client: FlaskClient, session: Session
) -> None:
    left = pushes.unsubscribe(at=factories.NOON + timedelta(minutes=5))
    client.post(pushes.signed(), data=pushes.subscribe("a"))
    client.post(pushes.signed(), data=pushes.text("my number is 1"))
    client.post(pushes.signed(), data=pushes.subscribe("a", openid="bo"))

    client.post(pushes.signed(), data=left)
    client.post(pushes.signed(), data=left)

    others = pushes.subscribe("a", openid="bo")
    assert bodies(session) == [b"", b"", others, b""]


@pytest.mark.usefixtures("account")
def test_late_push_of_who_left_is_not_kept_either(
    client: FlaskClient, session: Session
) -> None:
    later = factories.NOON + timedelta(minutes=5)
    client.post(pushes.signed(), data=pushes.unsubscribe(at=later))

    client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert bodies(session) == [b"", b""]
