"""What the callback sees is counted once, whatever the database does meanwhile."""

from datetime import timedelta

from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from tests.intake.conftest import NOW
from wxchannels.intake.intake import Intake
from wxchannels.intake.sightings import Sightings
from wxchannels.models import CallbackSighting, SightingKind

REFUSED = SightingKind.REFUSED


def test_what_could_not_be_written_is_added_to_what_was_seen_meanwhile(
    intake: Intake, session: Session, account_id: int
) -> None:
    sightings, later = Sightings(intake.engine), NOW + timedelta(minutes=1)

    def fail(_: Connection) -> None:
        # As a folder that is gone; and the callback goes on seeing things.
        sightings.add(account_id, REFUSED, at=later)
        raise FileNotFoundError

    sightings.add(account_id, REFUSED, at=NOW)
    event.listen(intake.engine, "begin", fail, once=True)
    sightings.write()
    sightings.write()

    [kept] = session.scalars(select(CallbackSighting))
    assert (kept.times, kept.last_at) == (2, later)


def test_two_processes_that_see_the_same_first_count_both(
    intake: Intake, session: Session, account_id: int
) -> None:
    ours, theirs = Sightings(intake.engine), Sightings(intake.engine)
    for one in (ours, theirs):
        one.add(account_id, REFUSED, at=NOW)

    ours.write()
    theirs.write()

    assert session.scalars(select(CallbackSighting.times)).all() == [2]
