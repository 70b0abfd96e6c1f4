"""WeChat's own counts: who came and left on a day in Shanghai (wechat.md 9.5)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.errors import RefusedError
from wxchannels.sandbox.quotas import SHANGHAI_SECONDS
from wxchannels.sandbox.relations import Follow, Way

MOST_DAYS = 7
SOURCES: Mapping[Way, int] = {Way.QR_CODE: 30, Way.SEARCH: 1, Way.PAID: 0}


def read_days(request: Mapping[str, Any], *, at: int) -> Sequence[date]:
    """Return the days that were asked for and are over."""
    try:
        begin = date.fromisoformat(str(request.get("begin_date")))
        end = date.fromisoformat(str(request.get("end_date")))
    except ValueError:
        raise RefusedError(61500, "date format error") from None
    count = (end - begin).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise RefusedError(61501, "date range error")
    days = [begin + timedelta(days=number) for number in range(count)]
    return [day for day in days if day < day_of(at)]


def summarize(account: Account, days: Sequence[date]) -> list[dict[str, Any]]:
    """Return arrivals and departures by day and source; a person counts once a day."""
    came: dict[tuple[date, int], set[str]] = defaultdict(set)
    left: dict[tuple[date, int], set[str]] = defaultdict(set)
    for openid, follow in _follows(account):
        source = SOURCES[follow.way]
        came[day_of(follow.started_at), source].add(openid)
        if follow.ended_at is not None:
            left[day_of(follow.ended_at), source].add(openid)
    return [
        {
            "ref_date": day.isoformat(),
            "user_source": source,
            "new_user": len(came[day, source]),
            "cancel_user": len(left[day, source]),
        }
        for day in days
        for source in sorted(SOURCES.values())
        if came[day, source] or left[day, source]
    ]


def cumulate(account: Account, days: Sequence[date]) -> list[dict[str, Any]]:
    """Return how many people followed when each day ended."""
    return [
        {
            "ref_date": day.isoformat(),
            "user_source": 0,
            "cumulate_user": sum(
                _lasted_over(follow, day) for _, follow in _follows(account)
            ),
        }
        for day in days
    ]


def day_of(at: int) -> date:
    """Return the day in Shanghai."""
    return datetime.fromtimestamp(at + SHANGHAI_SECONDS, UTC).date()


def _lasted_over(follow: Follow, day: date) -> bool:
    """Say whether somebody still followed when `day` ended."""
    ended_at = follow.ended_at
    came = day_of(follow.started_at) <= day
    return came and (ended_at is None or day_of(ended_at) > day)


def _follows(account: Account) -> Iterator[tuple[str, Follow]]:
    for relation in account.relations.values():
        for follow in relation.follows:
            yield relation.openid, follow
