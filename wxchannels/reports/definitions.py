"""What each metric means. The one table behind every ⓘ, in pages and exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wxchannels.errors import N_


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A metric's name and meaning. The sentences are msgids."""

    label: str
    text: str
    #: How it is worked out, where that is a sum or a share.
    formula: str = ""
    #: What people get wrong about it.
    note: str = ""
    #: True if the days of a period add up to the period.
    adds_up: bool = True
    #: True for a figure as of now, whatever the period.
    as_of_now: bool = False


DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {
        "scans": Definition(
            label=N_("Scans"),
            text=N_(
                "Scans that WeChat reported: follows through a code, and scans by"
                " people who already follow."
            ),
            formula=N_("Scans = follows through a code + follower scans"),
            note=N_(
                "A scan that ends without a follow is invisible: WeChat sends nothing."
            ),
        ),
        "scanners": Definition(
            label=N_("Scanners"),
            text=N_("Different people behind the scans of exactly this period."),
            note=N_(
                "Somebody who scans on two days counts once in the total, so the total"
                " can be less than its parts."
            ),
            adds_up=False,
        ),
        "new_follows": Definition(
            label=N_("New follows"),
            text=N_(
                "Follows by people never seen following this account before, neither"
                " in our records nor in the imported follower list."
            ),
            note=N_(
                "WeChat’s own “new followers” also counts people who return on a later"
                " day. Compare it with new follows + re-follows."
            ),
        ),
        "refollows": Definition(
            label=N_("Re-follows"),
            text=N_("Follows by people who followed before and came back."),
        ),
        "follower_scans": Definition(
            label=N_("Follower scans"),
            text=N_("Scans by people who follow at that moment."),
        ),
        "unfollows": Definition(
            label=N_("Unfollows"),
            text=N_(
                "Unfollows, charged to the channel that won the follow which now ends."
            ),
            note=N_("Even if the follow was won long before this period."),
        ),
        "net_follows": Definition(
            label=N_("Net follows"),
            text=N_("How many followers the period really brought."),
            formula=N_("Net follows = new follows + re-follows − unfollows"),
        ),
        "followers_now": Definition(
            label=N_("Following now"),
            text=N_(
                "People who follow now and whose current follow was won by this"
                " channel."
            ),
            note=N_(
                "As of the last data, whatever the period. People without a channel"
                " include the imported ones."
            ),
            adds_up=False,
            as_of_now=True,
        ),
        "unfollow_rate": Definition(
            label=N_("Unfollow rate"),
            text=N_(
                "Of the follows won in the period, new ones and re-follows alike, the"
                " share that has ended by now."
            ),
            formula=N_("Unfollow rate = those of these follows that ended ÷ follows"),
            note=N_(
                "Not the unfollows of the period ÷ its follows. It can only rise: the"
                " younger the period, the more."
            ),
            adds_up=False,
        ),
        "follows": Definition(
            label=N_("Follows"),
            text=N_(
                "Follows through a code that carries this scene, new ones and"
                " re-follows alike."
            ),
        ),
        "clicks": Definition(
            label=N_("Clicks"),
            text=N_("Presses of menu buttons, as WeChat reported them."),
            note=N_(
                "Each push counts once, those of testers do not. WeChat does not tell"
                " of an opened submenu."
            ),
        ),
    }
)
