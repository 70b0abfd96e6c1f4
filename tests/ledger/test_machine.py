"""Any interleaving of pushes, crashes, spool, list, nights, repair, erasure, testers.

What people do is a history in order; what reaches the ledger of it, when, how often and
between what else, is hypothesis's choice. After each happening the figures are those
that the model reads from what has arrived, in order.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.factories import NOON
from tests.ledger.model import (
    START,
    Step,
    World,
    body,
    moment,
    receive,
    steps,
    table_of,
    truth,
)
from tests.ledger.test_sightings import (
    PEOPLE,
    Nights,
    as_repaired,
    figures_of,
    following,
)
from wxchannels.intake.spool import Spool
from wxchannels.intake.spooled import Spooled
from wxchannels.ledger import inbox, personal, recount, replay, testers
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.followers import find_follower
from wxchannels.wechat.pushes import parse

#: Which of what waits comes, by its place there; batches of up to four.
picks = st.lists(st.integers(0, 7), min_size=1, max_size=4)
doings = st.builds(
    Step,
    person=st.sampled_from(PEOPLE),
    kind=steps.map(lambda step: step.kind),
    scene=steps.map(lambda step: step.scene),
    loses_scene=st.booleans(),
)


class Machine(RuleBasedStateMachine):
    """One account's life."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.folder = Path(tempfile.mkdtemp(prefix="wxchannels-machine-"))
        self.spool = Spool(self.folder)
        self.history: list[Step] = []
        #: Places in the history: sent and not acknowledged, and those in the ledger.
        self.waiting: list[int] = []
        self.arrived: set[int] = set()
        self.listed: dict[str, int] | None = None
        self.testers: set[str] = set()
        self.nights = Nights(self.world, self.history)
        self.had_night = False

    @initialize(place=st.integers(0, 8))
    def verify(self, place: int) -> None:
        self.verified = place
        self.world.account.verified_at = moment(place)
        self.world.session.commit()

    @rule(doing=doings)
    def happens(self, doing: Step) -> None:
        self.waiting.append(len(self.history))
        self.history.append(doing)

    @precondition(lambda self: self.waiting)
    @rule(chosen=picks)
    def some_come_in_any_order(self, chosen: list[int]) -> None:
        places = self._choose(self.waiting, chosen)
        self._receive(places)
        self.waiting = [place for place in self.waiting if place not in places]

    @precondition(lambda self: self.arrived)
    @rule(chosen=picks)
    def some_come_again(self, chosen: list[int]) -> None:
        self._receive(self._choose(sorted(self.arrived), chosen))

    @precondition(lambda self: self.waiting)
    @rule(chosen=picks)
    def server_dies_between_commit_and_answer(self, chosen: list[int]) -> None:
        """What was stored waits all the same: WeChat sends it again."""
        self._receive(self._choose(self.waiting, chosen))

    @precondition(lambda self: self.waiting)
    @rule(chosen=picks)
    def server_dies_before_commit(self, chosen: list[int]) -> None:
        world = self.world
        bodies = [self._body(place) for place in self._choose(self.waiting, chosen)]
        given = [Delivery(push=parse(b), body=b, received_at=START) for b in bodies]
        inbox.receive(world.session, world.account.id, given)
        world.session.rollback()

    @precondition(lambda self: self.waiting)
    @rule(chosen=picks)
    def some_are_spooled(self, chosen: list[int]) -> None:
        places = self._choose(self.waiting, chosen)
        account_id = self.world.account.id
        self.spool.put([Spooled(account_id, self._body(p), START) for p in places])
        self.waiting = [place for place in self.waiting if place not in places]

    @rule(dies=st.booleans(), limit=st.integers(1, 4))
    def spool_is_drained(self, *, dies: bool, limit: int) -> None:
        """Bring some home; a drainer that dies has not forgotten them yet."""
        taken = self.spool.take(limit)
        if taken:
            bodies = [push.body for push in taken.values()]
            receive(self.world.session, self.world.account, bodies)
            self.arrived |= {self._place(one) for one in bodies}
        if not dies:
            self.spool.remove(list(taken))

    @precondition(lambda self: self.listed is None and self.history)
    @rule()
    def follower_list_is_imported(self) -> None:
        self.listed = truth(self.history)
        self.nights.take_over(len(self.history))

    @rule()
    def night_compares_who_follows(self) -> None:
        self.had_night = True
        self.nights.noted_at = max(self.nights.noted_at, moment(len(self.history)))
        self.nights.compare(len(self.history))

    @rule()
    def lost_scenes_are_asked_for(self) -> None:
        self.nights.ask(len(self.history))

    @rule(person=st.sampled_from(PEOPLE))
    def person_asks_to_be_forgotten(self, person: str) -> None:
        """Whom the ledger never met, it has nothing to forget of."""
        session, account = self.world.session, self.world.account
        found = find_follower(session, account, person)
        if found:
            personal.erase_person(session, account, found, at=NOON)
            session.commit()

    @rule(person=st.sampled_from(PEOPLE), is_tester=st.booleans())
    def person_is_marked_as_tester_or_no_more(
        self, person: str, *, is_tester: bool
    ) -> None:
        session, account = self.world.session, self.world.account
        found = find_follower(session, account, person)
        if found and testers.mark(session, found, is_tester=is_tester):
            self.testers ^= {person}
        session.commit()

    @rule()
    def kept_pushes_are_received_again(self) -> None:
        session, account = self.world.session, self.world.account
        kept = replay.list_kept(session, account, START, moment(999))
        given = [(one, delivery) for one in kept if (delivery := one.delivery())]
        if given:
            assert replay.replay(session, account, given, erase=True) == 0
            session.commit()

    @rule()
    def everything_is_counted_again(self) -> None:
        session, account, is_done = self.world.session, self.world.account, False
        recount.take(session, account, "machine", now=START)
        while not is_done:
            session.commit()
            step = recount.step(session, account, "machine", erase=True, now=START)
            is_done = step.progress.is_finished
            assert [*step.misreadings, *step.differences] == []
        session.commit()

    @invariant()
    def figures_are_those_of_the_ordered_history(self) -> None:
        known = [
            replace(step, arrives=self._is_counted(place))
            for place, step in enumerate(self.history)
        ]
        ordered = as_repaired(self.world, known)
        listed = self.listed or {}
        counted = {one: listed[one] for one in listed.keys() - self.testers}
        model = figures_of(ordered, counted, self.verified)
        # Who follows is a night's to say, where pushes are missing.
        columns = slice(-1) if self.had_night else slice(None)
        shown = {
            row: all_[columns] for row, all_ in table_of(self.world.report()).items()
        }
        assert shown == {row: all_[columns] for row, all_ in model.table().items()}
        self.world.assert_sound()

    def teardown(self) -> None:
        """Let everything arrive and a night pass: everybody stands where they stand."""
        try:
            self._receive(self.waiting)
            while self.spool.state().pushes:
                self.spool_is_drained(dies=False, limit=4)
            self.night_compares_who_follows()
            self.figures_are_those_of_the_ordered_history()
            assert following(self.world) == truth(self.history).keys()
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    @staticmethod
    def _choose(places: Sequence[int], chosen: Sequence[int]) -> list[int]:
        return [places[number % len(places)] for number in chosen]

    def _receive(self, places: Sequence[int]) -> None:
        if places:
            bodies = [self._body(place) for place in places]
            receive(self.world.session, self.world.account, bodies)
            self.arrived |= set(places)

    def _is_counted(self, place: int) -> bool:
        is_tester = self.history[place].person in self.testers
        return place in self.arrived and not is_tester

    def _body(self, place: int) -> bytes:
        return body(place, self.history[place])

    def _place(self, wanted: bytes) -> int:
        return [self._body(place) for place in range(len(self.history))].index(wanted)


@pytest.mark.runs_again
@pytest.mark.parametrize("histories", [30, pytest.param(2000, marks=pytest.mark.soak)])
def test_any_interleaving_gives_the_figures_of_the_ordered_history(
    histories: int,
) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=histories,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
