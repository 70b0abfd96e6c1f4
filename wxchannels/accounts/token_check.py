"""Whether WeChat gives us a token for an account, asked and remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wxchannels.models import Account
from wxchannels.wechat.errors import (
    ConfigRefusedError,
    WeChatRefusedError,
    WeChatUnavailableError,
)

ERROR_LENGTH = 255
ADDRESS_REFUSED = 40164


@dataclass(frozen=True, kw_only=True)
class TokenAnswer:
    """What WeChat said when it was asked for a token; no error means it gave one."""

    errcode: int | None = None
    error: str | None = None


def ask(get_token: Callable[[], object]) -> TokenAnswer:
    """Ask WeChat through `get_token`; call it without a transaction open."""
    try:
        get_token()
    except WeChatRefusedError as refusal:
        return TokenAnswer(errcode=refusal.errcode, error=refusal.errmsg)
    except WeChatUnavailableError as trouble:
        return TokenAnswer(error=str(trouble) or type(trouble).__name__)
    return TokenAnswer()


def record(account: Account, answer: TokenAnswer, *, at: datetime) -> None:
    """Remember what WeChat said for the checklist and the health strip."""
    account.token_checked_at = at
    account.token_errcode = answer.errcode
    account.token_error = answer.error[:ERROR_LENGTH] if answer.error else None


def refused_address(account: Account) -> str | None:
    """Return our address that WeChat did not find in the account's white list."""
    if account.token_errcode is None:
        return None
    return ConfigRefusedError(account.token_errcode, account.token_error or "").ip
