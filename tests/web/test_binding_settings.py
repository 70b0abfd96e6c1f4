"""How an account binds members, as its administrator chooses."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.browser import Browser
from wxchannels.models import Account, AuditEntry

ADDRESS = "/main/binding-settings"


def test_choices_are_kept(staff: Browser, session: Session, account: Account) -> None:
    fields = {"binding_confirmation": "link", "chat_language": "en"}

    answer = staff.send(ADDRESS, **fields)

    session.rollback()
    session.refresh(account)
    kept = (account.binding_confirmation, account.chat_language)
    assert answer.status_code == 302
    assert kept == ("link", "en")
    assert account.unbinds_on_unfollow is False
    noted = session.scalars(select(AuditEntry.action)).all()
    assert noted[-1] == "account.binding"


def test_choice_that_is_none_is_refused_and_changes_nothing(
    staff: Browser, session: Session, account: Account
) -> None:
    answer = staff.send(ADDRESS, binding_confirmation="none", chat_language="xx")

    session.rollback()
    session.refresh(account)
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert (account.binding_confirmation, account.chat_language) == ("digits", "zh")
