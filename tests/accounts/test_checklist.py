import pytest
from sqlalchemy.orm import Session

from tests.accounts.entered import NOON, connection
from wxchannels.accounts import accounts, token_check
from wxchannels.accounts.checklist import Checklist, StepName, StepState, checklist
from wxchannels.accounts.token_check import TokenAnswer
from wxchannels.models import Account, Channel
from wxchannels.wechat.errors import WeChatUnavailableError, refusal


@pytest.fixture
def account(session: Session) -> Account:
    return accounts.connect_account(session, connection(), at=NOON)


def states(shown: Checklist) -> dict[StepName, StepState]:
    return {step.name: step.state for step in shown.steps}


def test_new_account_waits_for_its_token(session: Session, account: Account) -> None:
    shown = checklist(session, account)

    assert states(shown)[StepName.ENTERED] is StepState.DONE
    assert states(shown)[StepName.TOKEN] is StepState.NOW
    assert states(shown)[StepName.CALLBACK] is StepState.LATER
    assert (shown.done, shown.is_complete) == (1, False)


def test_failed_token_does_not_hold_up_the_callback(
    session: Session, account: Account
) -> None:
    answer = TokenAnswer(errcode=40125, error="invalid appsecret")
    token_check.record(account, answer, at=NOON)

    shown = checklist(session, account)

    assert states(shown)[StepName.TOKEN] is StepState.FAILED
    assert states(shown)[StepName.CALLBACK] is StepState.NOW


def test_everything_done_is_complete(session: Session, account: Account) -> None:
    token_check.record(account, TokenAnswer(), at=NOON)
    account.verified_at = account.first_push_at = NOON
    account.followers_imported_at = NOON
    session.add(Channel(account=account, name="Counter", created_at=NOON))

    shown = checklist(session, account)

    assert shown.is_complete
    assert shown.done == 6


def test_success_forgets_the_failure_before(account: Account) -> None:
    token_check.record(account, TokenAnswer(errcode=40013, error="x"), at=NOON)
    token_check.record(account, TokenAnswer(), at=NOON)

    assert account.token_errcode is None
    assert account.token_error is None


def test_address_missing_from_the_white_list_is_shown(account: Account) -> None:
    def get_token() -> None:
        raise refusal(40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist")

    token_check.record(account, token_check.ask(get_token), at=NOON)

    assert token_check.refused_address(account) == "1.2.3.4"


def test_other_refusals_have_no_address(account: Account) -> None:
    before = token_check.refused_address(account)
    token_check.record(account, TokenAnswer(errcode=40013, error="x"), at=NOON)

    assert before is None
    assert token_check.refused_address(account) is None


def test_silence_is_a_failure_without_a_code() -> None:
    def get_token() -> None:
        raise WeChatUnavailableError("ConnectTimeout")

    answer = token_check.ask(get_token)

    assert answer == TokenAnswer(error="ConnectTimeout")


def test_long_answer_is_cut_to_fit(account: Account) -> None:
    token_check.record(account, TokenAnswer(errcode=1, error="x" * 400), at=NOON)

    assert account.token_error == "x" * 255
