"""People who try our codes themselves: their pushes stay, and count in no figure."""

from sqlalchemy.orm import Session

from wxchannels.ledger import counters
from wxchannels.ledger.histories import read_events
from wxchannels.models import Follower


def mark(session: Session, person: Follower, *, is_tester: bool) -> bool:
    """Have the person's pushes count in no figure, or in all of them as before.

    Says whether that changes anything. Whoever records pushes locks the person too,
    so each of them is among the events read here or finds the mark.
    """
    session.refresh(person, with_for_update=True)
    if person.is_tester == is_tester:
        return False
    person.is_tester = is_tester
    times = -1 if is_tester else 1
    deltas = counters.new_deltas()
    for event in read_events(session, [person.id])[person.id]:
        place = event.place
        counters.count(deltas, place.day, place.row_id, place.class_, times)
    session.flush()
    counters.apply(session, person.account_id, deltas)
    return True
