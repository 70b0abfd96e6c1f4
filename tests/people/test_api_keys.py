import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.models import Account, ApiKey
from wxchannels.people import api_keys, audit
from wxchannels.people.api_keys import (
    BadKeyNameError,
    KeyNameTakenError,
    UnknownScopeError,
)


def test_key_is_found_by_its_text(session: Session, account: Account) -> None:
    key, text = api_keys.issue_key(session, account, "CRM", [], at=NOON)
    api_keys.issue_key(session, account, "Shop", [], at=NOON)

    assert api_keys.find_key(session, text) == key
    assert re.fullmatch(r"wxc_[a-z2-7]{32}", text)


def test_text_is_not_kept(session: Session, account: Account) -> None:
    key, text = api_keys.issue_key(session, account, "CRM", [], at=NOON)

    assert key.prefix == text[:12]
    assert text.encode() not in key.digest


@pytest.mark.parametrize("text", ["", "wxc_", "wxc_unknown", "é"])
def test_unknown_text_finds_nothing(
    session: Session, account: Account, text: str
) -> None:
    api_keys.issue_key(session, account, "CRM", [], at=NOON)

    assert api_keys.find_key(session, text) is None


def test_revoked_key_opens_nothing_and_stays_in_the_list(
    session: Session, account: Account
) -> None:
    key, text = api_keys.issue_key(session, account, "CRM", [], at=NOON)

    api_keys.revoke(key, at=NOON)

    assert api_keys.find_key(session, text) is None
    assert list(api_keys.list_keys(session, account)) == [key]


def test_key_is_revoked_once(session: Session, account: Account) -> None:
    key, _ = api_keys.issue_key(session, account, "CRM", [], at=NOON)
    api_keys.revoke(key, at=NOON)

    api_keys.revoke(key, at=NOON.replace(hour=9))

    assert key.revoked_at == NOON


def test_scopes_are_kept_in_one_order_and_once(
    session: Session, account: Account
) -> None:
    scopes = ["reports:read", "channels:read", "reports:read"]

    key, _ = api_keys.issue_key(session, account, "CRM", scopes, at=NOON)

    assert key.scopes == ["channels:read", "reports:read"]


def test_key_without_scopes_has_all(session: Session, account: Account) -> None:
    key, _ = api_keys.issue_key(session, account, "CRM", [], at=NOON)

    assert key.scopes == list(api_keys.SCOPES)


def test_unknown_scope_is_refused(session: Session, account: Account) -> None:
    with pytest.raises(UnknownScopeError, match="everything"):
        api_keys.issue_key(session, account, "CRM", ["everything"], at=NOON)


@pytest.mark.parametrize("name", ["", "  ", "n" * 65])
def test_key_needs_a_name(session: Session, account: Account, name: str) -> None:
    with pytest.raises(BadKeyNameError):
        api_keys.issue_key(session, account, name, [], at=NOON)


def test_name_is_taken_in_its_account_only(session: Session, account: Account) -> None:
    other = factories.account(session, slug="other")
    api_keys.issue_key(session, account, "CRM", [], at=NOON)

    api_keys.issue_key(session, other, "CRM", [], at=NOON)

    with pytest.raises(KeyNameTakenError, match="CRM"):
        api_keys.issue_key(session, account, " CRM ", [], at=NOON)


def test_name_taken_at_the_same_moment_is_refused_too(
    session: Session, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_keys.issue_key(session, account, "CRM", [], at=NOON)
    # The other one was not there yet when we looked.
    monkeypatch.setattr(api_keys, "_is_taken", lambda *_: False)

    with pytest.raises(KeyNameTakenError):
        api_keys.issue_key(session, account, "CRM", [], at=NOON)


def test_keys_are_listed_newest_first(session: Session, account: Account) -> None:
    for name in ("first", "second"):
        api_keys.issue_key(session, account, name, [], at=NOON)

    names = [key.name for key in api_keys.list_keys(session, account)]

    assert names == ["second", "first"]
    assert len(session.scalars(select(ApiKey)).all()) == 2


def test_note_says_who_did_what(session: Session, account: Account) -> None:
    user = factories.user(session)

    by_user = audit.note(session, user, "channel.archive", account=account, at=NOON)
    by_operator = audit.note(session, audit.COMMAND_LINE, "user.add", at=NOON)

    session.commit()
    assert (by_user.actor, by_user.user_id) == ("ann@example.com", user.id)
    assert (by_user.account_id, by_user.details) == (account.id, {})
    assert (by_operator.actor, by_operator.user_id) == ("command line", None)
