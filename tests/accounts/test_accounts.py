from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.entered import AES_KEY, NOON, OTHER_AES_KEY, connection
from wxchannels.accounts import accounts, checklist
from wxchannels.errors import NotFoundError
from wxchannels.ledger import recount
from wxchannels.models import (
    AccessToken,
    Account,
    EventClass,
    Follower,
    Kind,
    Mode,
    RecountReason,
    ScanEvent,
    Task,
)


def connect(session: Session, **changes: str) -> Account:
    return accounts.connect_account(session, connection(**changes), at=NOON)


def unfollow_is_recorded(session: Session, account: Account) -> None:
    follower = Follower(
        account_id=account.id, openid_hash=b"h" * 32, first_seen_at=NOON
    )
    session.add(follower)
    session.flush()
    event = ScanEvent(
        account_id=account.id,
        push_key=b"p" * 32,
        follower_id=follower.id,
        kind=Kind.UNFOLLOW,
        class_=EventClass.UNFOLLOW,
        row_id=0,
        happened_at=NOON,
        day=NOON.date(),
        received_at=NOON,
    )
    session.add(event)
    session.flush()


def test_connected_account_keeps_what_was_entered(session: Session) -> None:
    connect(session)
    session.commit()
    session.expire_all()

    account = accounts.get_account(session, "banmu")

    assert (account.name, account.mode) == ("半亩茶", Mode.SAFE)
    assert (account.token, account.aes_key) == ("Token123", AES_KEY)
    assert account.created_at == NOON
    assert account.verified_at is None


def test_every_account_has_a_pepper_of_its_own(session: Session) -> None:
    one = connect(session)
    other = connect(session, slug="bake", app_id="wx2")

    assert len(one.pepper) == 32
    assert one.pepper != other.pepper


def test_secrets_are_not_stored_in_the_clear(session: Session) -> None:
    connect(session)
    session.commit()

    raw = session.connection().exec_driver_sql(
        "SELECT app_secret, token, aes_key, pepper FROM account"
    )

    [row] = raw
    assert b"0123456789abcdef" not in bytes(row[0])
    assert b"Token123" not in bytes(row[1])
    assert AES_KEY.encode() not in bytes(row[2])


def test_bad_settings_leave_no_account(session: Session) -> None:
    with pytest.raises(Exception, match="EncodingAESKey"):
        connect(session, aes_key="short")

    assert accounts.list_accounts(session) == []


def test_taken_slug_is_refused(session: Session) -> None:
    connect(session)

    with pytest.raises(accounts.SlugTakenError):
        connect(session, app_id="wx2")

    assert [a.app_id for a in accounts.list_accounts(session)] == ["wx0000000000000001"]


def test_official_account_is_connected_once(session: Session) -> None:
    connect(session)

    with pytest.raises(accounts.AppIdTakenError):
        connect(session, slug="bake")


def test_empty_secrets_stay_as_they_are(session: Session) -> None:
    account = connect(session)
    entered = connection(
        name="半亩烘焙", app_secret="", token="", aes_key="", slug="ignored"
    )

    accounts.edit_account(session, account, entered, at=NOON)

    assert account.name == "半亩烘焙"
    assert account.slug == "banmu"
    assert account.token == "Token123"
    assert account.aes_key == AES_KEY
    assert account.previous_aes_key is None


def test_changed_aes_key_keeps_the_one_before(session: Session) -> None:
    account = connect(session)

    accounts.edit_account(session, account, connection(aes_key=OTHER_AES_KEY), at=NOON)

    assert account.aes_key == OTHER_AES_KEY
    assert account.previous_aes_key == AES_KEY


def test_changed_token_keeps_the_one_before_until_it_is_forgotten(
    session: Session,
) -> None:
    account = connect(session)
    accounts.edit_account(session, account, connection(token="Token456"), at=NOON)
    accounts.edit_account(session, account, connection(token=""), at=NOON)
    kept = account.previous_token

    accounts.forget_previous(session, account.slug)

    assert (account.token, kept) == ("Token456", "Token123")
    assert account.previous_token is None


def test_changed_secret_drops_the_token_got_with_the_old_one(session: Session) -> None:
    account = connect(session)
    account.token_checked_at = NOON
    account.token_errcode = 40125
    row = AccessToken(account_id=account.id, value="OLD", expires_at=NOON, version=7)
    session.add(row)
    session.flush()

    accounts.edit_account(session, account, connection(app_secret="another"), at=NOON)

    session.expire_all()
    token = session.scalars(select(AccessToken)).one()
    assert (token.value, token.expires_at, token.version) == (None, None, 8)
    assert not checklist.token_works(account)
    assert not checklist.token_failed(account)


def test_same_secret_keeps_the_token(session: Session) -> None:
    account = connect(session)
    account.token_checked_at = NOON

    accounts.edit_account(session, account, connection(name="New name"), at=NOON)

    assert account.token_checked_at == NOON


def test_editing_to_a_taken_app_id_changes_nothing(session: Session) -> None:
    connect(session)
    other = connect(session, slug="bake", app_id="wx2", name="Bake")
    session.commit()

    with pytest.raises(accounts.AppIdTakenError):
        accounts.edit_account(session, other, connection(name="Changed"), at=NOON)

    session.rollback()
    assert (other.app_id, other.name) == ("wx2", "Bake")


def test_zone_of_an_account_without_events_just_changes(session: Session) -> None:
    account = connect(session)

    accounts.edit_account(session, account, connection(time_zone="Asia/Tokyo"), at=NOON)

    assert account.time_zone == "Asia/Tokyo"
    assert recount.find_recount(session, account) is None


def test_another_zone_has_everything_counted_again(session: Session) -> None:
    account = connect(session)
    unfollow_is_recorded(session, account)

    accounts.edit_account(session, account, connection(time_zone="Asia/Tokyo"), at=NOON)

    row = recount.find_recount(session, account)
    assert row
    assert (row.reason, row.finished_at) == (RecountReason.TIME_ZONE, None)
    assert session.scalars(select(Task.kind)).all() == ["recount"]


def test_account_with_events_stays_the_same_official_account(session: Session) -> None:
    account = connect(session)
    accounts.edit_account(session, account, connection(app_id="wx-corrected"), at=NOON)
    unfollow_is_recorded(session, account)

    with pytest.raises(accounts.AppIdInUseError):
        accounts.edit_account(
            session, account, connection(app_id="wx-another"), at=NOON
        )


def test_bad_edit_is_refused(session: Session) -> None:
    account = connect(session)

    with pytest.raises(Exception, match="time zone"):
        accounts.edit_account(
            session,
            account,
            replace(connection(), time_zone="Mars/Olympus"),
            at=NOON,
        )

    assert account.time_zone == "Asia/Shanghai"


def test_only_account_needs_no_name(session: Session) -> None:
    nobody = accounts.only_account(session)
    account = connect(session)
    alone = accounts.only_account(session)
    connect(session, slug="bake", app_id="wx2")

    assert nobody is None
    assert alone == account
    assert accounts.only_account(session) is None


def test_unknown_slug_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        accounts.get_account(session, "nowhere")
