"""The follower list beside the pushes."""

from datetime import timedelta

import pytest

from tests import factories
from wxchannels.ledger.fold import Entry, Seed, fold
from wxchannels.models import EventClass, Kind

FOLLOW = Entry(push_key=b"k", kind=Kind.FOLLOW, row_id=7, at=factories.NOON)


@pytest.mark.parametrize(
    ("seconds", "class_"),
    [
        (0, EventClass.NEW_FOLLOW),
        (2, EventClass.NEW_FOLLOW),
        (3, EventClass.REFOLLOW),
        (86_400, EventClass.REFOLLOW),
    ],
)
def test_follow_after_one_that_only_the_list_told_of_is_a_return(
    seconds: int, class_: EventClass
) -> None:
    seed = Seed(at=FOLLOW.at - timedelta(seconds=seconds), known_before=False)

    person = fold([FOLLOW], seed=seed)

    assert person.readings[b"k"].class_ == class_
    assert (person.following, person.row_id) == (True, 7)
