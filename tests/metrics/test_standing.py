from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.metrics.standing import AccountStanding, account_standings
from wxchannels.models import AccessToken, Account, RawPush


def test_every_account_stands_where_its_rows_say(
    session: Session, account: Account
) -> None:
    account.verified_at = account.token_checked_at = NOON
    factories.account(session, "second", token_checked_at=NOON, token_errcode=40125)
    session.add(AccessToken(account_id=account.id, value="T", expires_at=NOON))
    pushes = [
        {
            "account_id": account.id,
            "push_key": bytes([minutes]) * 32,
            "kind": "text",
            "happened_at": NOON,
            "received_at": NOON + timedelta(minutes=minutes),
            "body": b"<xml/>",
        }
        for minutes in (2, 3, 1)
    ]
    session.execute(insert(RawPush), pushes)
    session.commit()

    first, second = account_standings(session)

    assert first == AccountStanding(
        slug="main",
        is_verified=True,
        last_push_at=NOON + timedelta(minutes=3),
        token_expires_at=NOON,
        token_works=True,
    )
    assert second == AccountStanding(
        slug="second",
        is_verified=False,
        last_push_at=None,
        token_expires_at=None,
        token_works=False,
    )
