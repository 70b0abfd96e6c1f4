"""Whether WeChat gives us a token for an account, asked and remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wxchannels.models import Account
from wxchannels.wechat.errors import (
    ConfigRefusedError,
    WeChatError,
    WeChatRefusedError,
    WeChatUnavailableError,
    refusal,
)

ERROR_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class TokenAnswer:
    """What WeChat said when it was asked for a token; no error means it gave one."""

    errcode: int | None = None
    error: str | None = None


def ask(get_token: Callable[[], object]) -> TokenAnswer:
    """Ask WeChat through `get_token`; call it without a transaction open."""
    try:
        get_token()
    except WeChatRefusedError as error:
        return TokenAnswer(errcode=error.errcode, error=error.errmsg)
    except WeChatUnavailableError as trouble:
        return TokenAnswer(error=str(trouble) or type(trouble).__name__)
    return TokenAnswer()


def record(account: Account, answer: TokenAnswer, *, at: datetime) -> None:
    """Remember what WeChat said for the checklist and the health strip."""
    account.token_checked_at = at
    account.token_errcode = answer.errcode
    account.token_error = answer.error[:ERROR_LENGTH] if answer.error else None


def error_of(account: Account) -> WeChatError | None:
    """Return what WeChat answered last time as the error it was, if it was one."""
    if account.token_errcode is not None:
        return refusal(account.token_errcode, account.token_error or "")
    if account.token_error is not None:
        return WeChatUnavailableError(account.token_error)
    return None


def refused_address(account: Account) -> str | None:
    """Return our address that WeChat did not find in the account's white list."""
    error = error_of(account)
    return error.ip if isinstance(error, ConfigRefusedError) else None
