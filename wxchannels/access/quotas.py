"""How many calls WeChat still allows today, and beginning to count them anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, AuditEntry, CallQuota
from wxchannels.statements import add_up
from wxchannels.wechat.answers import Quota
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError

TABLE = CallQuota.__table__
#: What WeChat says of an interface, and when.
SAID = ("daily_limit", "used", "remain", "asked_at")
#: What we call, what is called most first.
PATHS = (
    "/cgi-bin/qrcode/create",
    "/cgi-bin/user/info/batchget",
    "/cgi-bin/user/get",
    "/cgi-bin/tags/members/batchtagging",
    "/cgi-bin/menu/create",
    "/cgi-bin/stable_token",
)
#: WeChat has no quota of such a path.
NO_QUOTA = 76021
#: WeChat lets an account begin anew so often in a month, whoever asks.
CLEARS_A_MONTH = 10
#: What is written down when somebody does.
CLEARED = "quota.clear"
BEIJING = ZoneInfo("Asia/Shanghai")


def ask(wechat: WeChatClient) -> Mapping[str, Quota]:
    """Return what WeChat says of each interface; call it without a transaction open."""
    found = {}
    for path in PATHS:
        try:
            found[path] = wechat.quota(path)
        except WeChatRefusedError as error:
            if error.errcode != NO_QUOTA:
                raise
    return found


def record(
    session: Session, account: Account, found: Mapping[str, Quota], *, at: datetime
) -> None:
    """Keep what WeChat said, in place of what it said before.

    Another one who asks may be writing the same at this moment.
    """
    rows = [
        {
            "account_id": account.id,
            "path": path,
            "daily_limit": quota.daily_limit,
            "used": quota.used,
            "remain": quota.remain,
            "asked_at": at,
        }
        for path, quota in found.items()
    ]
    add_up(session, TABLE, rows, (), latest=SAID)
    forget(session, account, but=found)


def forget(session: Session, account: Account, *, but: Collection[str] = ()) -> None:
    """Forget what WeChat said, except of the paths in `but`: it is not so any more."""
    ours = CallQuota.account_id == account.id
    session.execute(delete(CallQuota).where(ours, CallQuota.path.not_in(but)))


def list_quotas(session: Session, account: Account) -> Sequence[CallQuota]:
    """Return what WeChat said last, in our order."""
    query = select(CallQuota).where(CallQuota.account_id == account.id)
    return sorted(session.scalars(query), key=lambda quota: PATHS.index(quota.path))


def clears_left(session: Session, account: Account, *, now: datetime) -> int:
    """Return how often we may still begin anew this month, at most.

    Others who know the AppSecret may have done so as well.
    """
    month = now.astimezone(BEIJING).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    ours = select(func.count(AuditEntry.id)).where(
        AuditEntry.account_id == account.id,
        AuditEntry.action == CLEARED,
        AuditEntry.at >= month,
    )
    return max(0, CLEARS_A_MONTH - (session.scalar(ours) or 0))
