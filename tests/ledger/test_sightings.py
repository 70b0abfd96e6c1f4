"""Pushes that never came, the follower list, and the nights that compare with it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.ledger.model import (
    START,
    Model,
    Step,
    World,
    body,
    moment,
    receive,
    steps,
    table_of,
    truth,
)
from wxchannels.ledger import lookups, repair, seeding
from wxchannels.ledger.corrections import Sighting, correct
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Channel,
    Correction,
    Follower,
    ScanEvent,
    Task,
)
from wxchannels.wechat.client import UserInfo

PEOPLE = ("anna", "bo")
lossy = st.lists(
    st.builds(
        Step,
        person=st.sampled_from(["anna", "anna", "bo"]),
        kind=steps.map(lambda step: step.kind),
        scene=steps.map(lambda step: step.scene),
        arrives=st.sampled_from([True, True, False]),
        loses_scene=st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class Nights:
    """What WeChat says of everybody at some time of the history."""

    #: How much later than the step before, by our clock, WeChat is asked.
    skew = timedelta(seconds=-10)

    def __init__(self, world: World, history: Sequence[Step]) -> None:
        self.world, self.history = world, history
        #: Our clock goes on whatever the pushes say.
        self.noted_at = moment(len(history))

    def compare(self, place: int) -> None:
        """Correct everybody by what is true after the first `place` steps."""
        since = truth(self.history[:place])
        self.noted_at += timedelta(seconds=1)
        seen = [
            Sighting(
                openid=person,
                follows_since=moment(since[person]) if person in since else None,
            )
            for person in PEOPLE
        ]
        correct(
            self.world.session,
            self.world.account,
            seen,
            asked_at=moment(place) + self.skew,
            erase=True,
            at=self.noted_at,
        )
        self.world.session.commit()

    def ask(self, place: int) -> None:
        """Ask how those came who carry no scene, after the first `place` steps."""
        since = truth(self.history[:place])
        session = self.world.session
        waiting = lookups.list_waiting(
            session, self.world.account.id, list(session.scalars(select(Task.subject)))
        )
        found = [self._info(one.openid, since) for one in waiting]
        account = self.world.account
        repair.mend(session, account, waiting, found, erase=True, at=self.noted_at)
        session.commit()

    def _info(self, person: str, since: Mapping[str, int]) -> UserInfo:
        if person not in since:
            return UserInfo(openid=person, subscribe=False)
        scene = self.history[since[person]].scene
        return UserInfo(
            openid=person,
            subscribe=True,
            subscribe_time=moment(since[person]),
            subscribe_scene="ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
            qr_scene_str=scene or "",
        )

    def take_over(self, place: int) -> None:
        """Import the list as it is after the first `place` steps."""
        since = truth(self.history[:place])
        rows = [(person, moment(at)) for person, at in since.items()]
        seeding.seed(self.world.session, self.world.account, rows, at=START)
        self.world.session.commit()


class WatchedNights(Nights):
    """Looks at everybody after each comparison.

    Whoever WeChat said something of stands as it said, unless later pushes tell more.
    """

    def __init__(self, world: World, history: Sequence[Step], skew: timedelta) -> None:
        super().__init__(world, history)
        self.skew = skew
        self.arrived: set[int] = set()
        self.listed: dict[str, int] = {}

    def receive(self, *places: int) -> None:
        """Receive the pushes of what happened at `places`."""
        bodies = [body(place, self.history[place]) for place in places]
        if bodies:
            receive(self.world.session, self.world.account, bodies)
        self.arrived |= set(places)

    def take_over(self, place: int) -> None:
        super().take_over(place)
        self.listed = truth(self.history[:place])

    def compare(self, place: int) -> None:
        before, noted = following(self.world), self._count_corrections()
        super().compare(place)
        moved = before ^ following(self.world)
        assert self._count_corrections() - noted == len(moved)
        since = truth(self.history[:place])
        for name, person in standing(self.world).items():
            if name in moved & since.keys() and not self._known_since(name, 0):
                assert person.followed_at == moment(since[name])
        self._assert_standing(place)
        # What was heard stays, whoever's pushes come again.
        self.receive(*self.arrived)
        self._assert_standing(place)

    def _assert_standing(self, place: int) -> None:
        since = truth(self.history[:place])
        people = standing(self.world)
        for name in PEOPLE:
            later = self._known_since(name, place)
            person = people.get(name)
            if not later:
                assert (person is not None and person.following) == (name in since)
            elif self.skew < timedelta(seconds=1):
                assert person
                is_last = self.history[max(later)].kind != "unsubscribe"
                assert person.following == is_last
            if person:
                assert person.openid == (name if person.following else None)

    def _known_since(self, name: str, place: int) -> list[int]:
        """Return what pushes and the list told of, from `place` on."""
        told = {n for n in self.arrived if self.history[n].person == name}
        if name in self.listed:
            told.add(self.listed[name])
        return [one for one in told if one >= place]

    def _count_corrections(self) -> int:
        return self.world.session.scalar(select(func.count(Correction.id))) or 0


def figures_of(history: Sequence[Step], listed: dict[str, int], verified: int) -> Model:
    """Read what arrives, in order, with the list between."""
    model = Model()
    model.seen |= {person for person, place in listed.items() if place < verified}
    for place, step in enumerate(history):
        if step.arrives:
            model.step(step)
        for person, since in listed.items():
            if since == place:
                model.listed(person)
    return model


@pytest.mark.runs_again
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lossy,
    st.randoms(use_true_random=False),
    st.lists(st.integers(1, 12), min_size=2, max_size=5).map(sorted),
    st.one_of(st.none(), st.integers(0, 12)),
    st.integers(0, 12),
    st.lists(st.integers(1, 12), max_size=4),
    # Within the second of the next push, or ahead of the next two.
    st.sampled_from([timedelta(seconds=0.6), timedelta(seconds=45)]),
)
def test_nights_say_who_follows_and_move_no_other_figure(
    history: list[Step],
    chance: random.Random,
    nights: list[int],
    imported: int | None,
    verified: int,
    questions: list[int],
    skew: timedelta,
) -> None:
    listed = {} if imported is None else truth(history[:imported])
    world = World()
    world.account.verified_at = moment(verified)
    world.session.commit()
    comparing = WatchedNights(world, history, skew)
    arriving = [place for place, step in enumerate(history) if step.arrives]
    happenings: list[Callable[[], None]] = [
        partial(comparing.receive, place) for place in [*arriving, *arriving[::3]]
    ]
    happenings += [partial(comparing.ask, place) for place in questions]
    if imported is not None:
        happenings.append(partial(comparing.take_over, imported))
    chance.shuffle(happenings)
    # Nights follow each other; what they fall between does not matter.
    for place in sorted(chance.randint(0, len(happenings)) for _ in nights)[::-1]:
        happenings.insert(place, partial(comparing.compare, nights.pop()))

    try:
        for happen in happenings:
            happen()
        comparing.compare(len(history))

        model = figures_of(as_repaired(world, history), listed, verified)
        shown = {row: all_[:-1] for row, all_ in table_of(world.report()).items()}
        assert shown == {row: all_[:-1] for row, all_ in model.table().items()}
        assert following(world) == truth(history).keys()
        assert rows_of(world, history) == {
            name: row for name, row in model.won_by.items() if is_whole(history, name)
        }
        world.assert_sound()
    finally:
        world.close()


def as_repaired(world: World, history: Sequence[Step]) -> list[Step]:
    """Return the history with the scenes as the ledger has them by now.

    A lost one is still lost, or the one that the person scanned.
    """
    query = select(ScanEvent.happened_at, ScanEvent.scene)
    scenes = dict(world.session.execute(query).all())
    steps_ = []
    for place, step in enumerate(history):
        is_lost = step.loses_scene and step.kind == "subscribe" and step.arrives
        scene = scenes[moment(place)] if is_lost else step.scene
        assert scene in {None, step.scene}
        steps_.append(replace(step, scene=scene))
    return steps_


def is_whole(history: Sequence[Step], name: str) -> bool:
    """Say whether every push of the person reached us."""
    return all(step.arrives for step in history if step.person == name)


def rows_of(world: World, history: Sequence[Step]) -> dict[str, str]:
    """Return by which row those follow of whom we know everything."""
    channels = {one.id: one.name for one in world.session.scalars(select(Channel))}
    rows = {NO_CHANNEL: "none", UNKNOWN_SCENE: "unknown", **channels}
    return {
        name: rows[person.row_id]
        for name, person in standing(world).items()
        if person.following and is_whole(history, name)
    }


def standing(world: World) -> dict[str, Follower]:
    """Return everybody whom the ledger knows, by name."""
    world.session.expire_all()
    hashes = {hash_openid(world.account.pepper, one): one for one in PEOPLE}
    people = world.session.scalars(select(Follower))
    return {hashes[person.openid_hash]: person for person in people}


def following(world: World) -> set[str]:
    """Return who follows by the ledger."""
    return {name for name, person in standing(world).items() if person.following}
