import base64

from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import SETTINGS
from wxchannels.columns import keyring
from wxchannels.models import Account, Follower, RawPush

OLD = base64.b64decode(SETTINGS["WXCHANNELS_DATA_KEYS"])
NEW, STRANGE = b"n" * 32, b"s" * 32


def test_after_resealing_the_new_key_alone_reads_everything(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    factories.raw_pushes(session, account, 1100)
    keyring.use([NEW, OLD])

    result = cli.invoke(args=["keys", "reseal"])

    assert result.exit_code == 0, result.output
    assert "sealed with the first key" in result.output
    keyring.use([NEW])
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Account.app_secret)).one() == "an app secret"
    bodies = session.scalars(select(RawPush.body).order_by(RawPush.id)).all()
    assert bodies == [b"<xml>%d</xml>" % number for number in range(1100)]


def test_status_says_what_an_older_key_sealed(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    factories.raw_pushes(session, account, 3)
    fresh = cli.invoke(args=["keys", "status"])
    keyring.use([NEW, OLD])

    result = cli.invoke(args=["keys", "status"])

    assert (fresh.exit_code, fresh.output) == (0, "")
    assert result.exit_code == 1
    assert "raw_push.body: 3 sealed with an older key" in result.output
    assert "follower.openid" not in result.output


def test_what_no_key_opens_is_left_and_said(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    anna = Follower(
        account_id=account.id,
        openid_hash=b"h" * 32,
        openid="anna",
        first_seen_at=factories.NOON,
    )
    factories.raw_pushes(session, account, 2)
    keyring.use([STRANGE])
    session.add(anna)
    session.commit()
    keyring.use([NEW, OLD])

    result = cli.invoke(args=["keys", "reseal"])

    assert result.exit_code == 1
    assert "follower.openid: 1 sealed with an older key" in result.output
    assert "raw_push.body: " not in result.output
    assert "doctor" in result.output
