import base64

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import SETTINGS
from wxchannels import resealing
from wxchannels.columns import keyring
from wxchannels.models import Account

OLD = base64.b64decode(SETTINGS["WXCHANNELS_DATA_KEYS"])
NEW, STRANGE = b"n" * 32, b"s" * 32


def column(purpose: str) -> resealing.Sealed:
    [found] = [one for one in resealing.sealed_columns() if one.purpose == purpose]
    return found


def test_resealing_goes_on_where_it_was(session: Session, account: Account) -> None:
    factories.raw_pushes(session, account, resealing.PAGE + 1)
    keyring.use([NEW, OLD])
    bodies = column("raw_push.body")
    page = bodies.reseal_page(session, after=0)
    session.commit()

    again = bodies.reseal_page(session, after=0)

    assert page
    assert page.found == resealing.PAGE
    assert again
    assert again.found == 1
    assert bodies.reseal_page(session, after=0) is None


def test_value_written_meanwhile_is_left_alone(
    session: Session, account: Account
) -> None:
    keyring.use([NEW, OLD])
    tokens = column("account.token")
    rows = tokens._find_old(session, after=0)
    account.token = "changed"
    session.commit()

    tokens._replace(session, rows)

    session.expire_all()
    assert account.token == "changed"


@pytest.mark.usefixtures("account")
def test_new_key_alone_reads_what_was_sealed_anew(session: Session) -> None:
    keyring.use([NEW, OLD])
    column("account.token").reseal_page(session, after=0)
    column("account.app_secret").reseal_page(session, after=0)
    session.commit()

    keyring.use([NEW])

    assert column("account.token").opens(session, sample=1)
    assert not column("account.pepper").opens(session, sample=1)
    assert column("account.pepper").count_old(session) == 1


def test_every_sealed_column_is_known(session: Session) -> None:
    purposes = {column.purpose for column in resealing.sealed_columns()}

    assert {
        "account.app_secret",
        "account.pepper",
        "access_token.value",
        "follower.openid",
        "raw_push.body",
        "user.tf_totp_secret",
    } <= purposes
    assert all(one.opens(session, sample=5) for one in resealing.sealed_columns())


def test_sample_finds_what_no_key_opens(session: Session, account: Account) -> None:
    factories.raw_pushes(session, account, 1)
    keyring.use([STRANGE])
    session.execute(text("UPDATE account SET import_next_openid = NULL"))

    opened = {c.purpose: c.opens(session, sample=5) for c in resealing.sealed_columns()}

    assert not opened["raw_push.body"]
    assert opened["account.import_next_openid"]
