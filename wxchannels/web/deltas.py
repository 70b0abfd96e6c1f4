"""How a figure compares with the one before: a sign and a word, never only a colour."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import pgettext

from wxchannels.web.percentages import percentage

#: More of these is worse, so the judgement is turned round.
WORSE_WHEN_MORE = frozenset({"unfollows", "unfollow_rate"})
#: Below this a rounded percentage would read as no change, which is not true.
SMALLEST_SHOWN = 0.0005


class Trend(StrEnum):
    """Which way a figure went."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    APPEARED = "appeared"


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A change, ready to be written."""

    trend: Trend
    #: Like +7.3%, with the sign; empty where there was nothing to compare with.
    text: str
    word: str
    #: True if the change is good news, False if bad, None if neither.
    better: bool | None


def compare(metric: str, now: float, before: float) -> Delta:
    """Return how `now` compares with `before`, judged as `metric` is."""
    if now == before:
        return _delta(Trend.SAME, "0%", None)
    if before == 0 and now > 0:
        return _delta(Trend.APPEARED, "", None)
    trend = Trend.UP if now > before else Trend.DOWN
    better = (trend is Trend.UP) != (metric in WORSE_WHEN_MORE)
    return _delta(trend, _amount(now, before), better)


def _amount(now: float, before: float) -> str:
    # A percentage of nothing, of a loss or into one says nothing: there the
    # difference does.
    if before <= 0 or now < 0:
        text = f"{now - before:+,}"
    elif abs(share := (now - before) / before) < SMALLEST_SHOWN:
        text = "+<0.1%" if share > 0 else "-<0.1%"
    else:
        text = f"{percentage(share):+,}%"
    return text.replace("-", "\N{MINUS SIGN}")


def _delta(trend: Trend, text: str, better: bool | None) -> Delta:  # noqa: FBT001 - a verdict, not a switch
    word = {
        Trend.UP: pgettext("change", "more"),
        Trend.DOWN: pgettext("change", "fewer"),
        Trend.SAME: pgettext("change", "no change"),
        Trend.APPEARED: pgettext("change", "new here"),
    }[trend]
    return Delta(trend=trend, text=text, word=word, better=better)
