"""A person's pushes, read by hand from the product's rules a to d."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from wxchannels.ledger.fold import Correction, Entry, Person, Seed, fold
from wxchannels.models import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    CorrectionKind,
    EventClass,
    Kind,
)

T0 = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
COUNTER, POSTER = 1, 2


def entry(kind: Kind, row_id: int = NO_CHANNEL, minute: int = 0, n: int = 0) -> Entry:
    key = f"{kind}-{minute}-{n}".encode()
    return Entry(
        push_key=key, kind=kind, row_id=row_id, at=T0 + timedelta(minutes=minute)
    )


def follow(row_id: int, minute: int = 0) -> Entry:
    return entry(Kind.FOLLOW, row_id, minute)


def scan(row_id: int, minute: int = 0) -> Entry:
    return entry(Kind.SCAN, row_id, minute)


def unfollow(minute: int = 0, n: int = 0) -> Entry:
    return entry(Kind.UNFOLLOW, minute=minute, n=n)


def read(*entries: Entry, seed: Seed | None = None) -> tuple[Person, list[EventClass]]:
    person = fold(entries, seed=seed)
    return person, [person.readings[e.push_key].class_ for e in entries]


def row_of(person: Person, push: Entry) -> int:
    return person.readings[push.push_key].row_id


def test_first_follow_is_new_and_belongs_to_its_code() -> None:
    person, classes = read(follow(COUNTER))

    assert classes == [EventClass.NEW_FOLLOW]
    assert (person.following, person.row_id) == (True, COUNTER)
    assert (person.first_row_id, person.first_followed_at) == (COUNTER, T0)


def test_return_is_a_refollow_and_keeps_the_first_touch() -> None:
    person, classes = read(follow(COUNTER, 0), unfollow(1), follow(POSTER, 2))

    assert classes[2] is EventClass.REFOLLOW
    assert (person.row_id, person.first_row_id) == (POSTER, COUNTER)


def test_unfollow_is_charged_to_the_follow_it_ends() -> None:
    first, left, again, gone = (
        follow(COUNTER, 0),
        unfollow(1),
        follow(POSTER, 2),
        unfollow(3),
    )

    person, _ = read(first, left, again, gone)

    assert row_of(person, left) == COUNTER
    assert row_of(person, gone) == POSTER
    assert person.readings[first.push_key].lost_at == left.at
    assert person.readings[again.push_key].lost_at == gone.at


def test_missed_unfollow_ends_the_follow_without_counting() -> None:
    first, again = follow(COUNTER, 0), follow(POSTER, 5)

    person, classes = read(first, again)

    assert classes == [EventClass.NEW_FOLLOW, EventClass.REFOLLOW]
    assert person.readings[first.push_key].lost_at == again.at
    assert person.row_id == POSTER


def test_scan_by_a_stranger_begins_an_episode_in_no_channel() -> None:
    seen, left = scan(COUNTER, 0), unfollow(1)

    person, classes = read(seen, left)

    assert classes == [EventClass.FOLLOWER_SCAN, EventClass.UNFOLLOW]
    assert row_of(person, seen) == COUNTER
    assert row_of(person, left) == NO_CHANNEL
    assert person.first_row_id is None


def test_later_scan_of_another_code_moves_nothing() -> None:
    person, _ = read(follow(COUNTER, 0), scan(POSTER, 1))

    assert person.row_id == COUNTER


def test_unfollow_by_a_stranger_counts_in_no_channel_and_is_remembered() -> None:
    left, back = unfollow(0), follow(COUNTER, 1)

    person, classes = read(left, back)

    assert classes == [EventClass.UNFOLLOW, EventClass.REFOLLOW]
    assert row_of(person, left) == NO_CHANNEL


def test_second_unfollow_in_a_row_ends_nothing() -> None:
    second = unfollow(2)

    person, _ = read(follow(COUNTER, 0), unfollow(1), second)

    assert row_of(person, second) == NO_CHANNEL


def test_follow_by_an_unknown_scene_keeps_its_row_to_the_end() -> None:
    left = unfollow(1)

    person, _ = read(follow(UNKNOWN_SCENE, 0), left)

    assert row_of(person, left) == UNKNOWN_SCENE


def test_known_before_makes_the_first_follow_a_return() -> None:
    seed = Seed(at=T0 - timedelta(days=400), known_before=True)
    left = unfollow(0)

    person, classes = read(left, follow(COUNTER, 1), seed=seed)

    assert classes == [EventClass.UNFOLLOW, EventClass.REFOLLOW]
    assert row_of(person, left) == NO_CHANNEL


def test_missed_follow_on_the_list_follows_in_no_channel_and_is_not_known_before() -> (
    None
):
    seed = Seed(at=T0 + timedelta(minutes=5), known_before=False)

    person, classes = read(follow(COUNTER, 0), unfollow(1), seed=seed)

    assert classes == [EventClass.NEW_FOLLOW, EventClass.UNFOLLOW]
    assert (person.following, person.row_id) == (True, NO_CHANNEL)


def test_list_says_nothing_of_somebody_who_follows_by_the_ledger() -> None:
    seed = Seed(at=T0, known_before=False)

    person, _ = read(follow(COUNTER, 0), seed=seed)

    assert person.row_id == COUNTER


def test_within_one_second_a_follower_leaves_then_follows_then_scans() -> None:
    before = follow(COUNTER, 0)
    left, back, seen = unfollow(9), follow(POSTER, 9), scan(COUNTER, 9)

    for order in permutations([before, left, back, seen]):
        person = fold(order)

        assert row_of(person, left) == COUNTER
        assert person.readings[back.push_key].class_ is EventClass.REFOLLOW
        assert (person.following, person.row_id) == (True, POSTER)


def test_within_one_second_a_stranger_follows_then_leaves() -> None:
    came, left = follow(COUNTER, 0), unfollow(0)

    for order in permutations([came, left]):
        person = fold(order)

        assert person.readings[came.push_key].class_ is EventClass.NEW_FOLLOW
        assert row_of(person, left) == COUNTER
        assert not person.following


def test_of_two_unfollows_in_one_second_the_other_comes_last() -> None:
    before, back = follow(COUNTER, 0), follow(POSTER, 9)
    first, second = unfollow(9, n=1), unfollow(9, n=2)

    person = fold([second, back, first, before])

    assert row_of(person, first) == COUNTER
    assert row_of(person, second) == POSTER
    assert not person.following


def corrected(kind: CorrectionKind, minute: int, noted: int = 60) -> Correction:
    return Correction(
        kind=kind,
        at=T0 + timedelta(minutes=minute),
        noted_at=T0 + timedelta(minutes=noted),
    )


def test_missed_unfollow_ends_the_follow_and_counts_none() -> None:
    came = follow(COUNTER, 0)

    person = fold([came], corrections=[corrected(CorrectionKind.LEFT, 5)])

    assert not person.following
    assert person.readings[came.push_key].lost_at == T0 + timedelta(minutes=5)


def test_unfollow_after_a_correction_counts_where_it_counted_without() -> None:
    came, left = follow(COUNTER, 0), unfollow(9)

    person = fold([came, left], corrections=[corrected(CorrectionKind.LEFT, 5)])

    assert row_of(person, left) == COUNTER
    assert person.readings[came.push_key].lost_at == T0 + timedelta(minutes=5)


def test_missed_follow_follows_in_no_channel_and_leaves_the_next_one_new() -> None:
    missed = corrected(CorrectionKind.FOLLOWS, 0)
    came = follow(COUNTER, 9)

    before = fold([], corrections=[missed])
    person = fold([came], corrections=[missed])

    assert (before.following, before.row_id) == (True, NO_CHANNEL)
    assert before.followed_at == T0
    assert person.readings[came.push_key].class_ is EventClass.NEW_FOLLOW
    assert (person.row_id, person.first_row_id) == (COUNTER, COUNTER)


def test_follow_in_the_second_in_which_somebody_was_gone_came_later() -> None:
    came = follow(COUNTER, 0)

    person = fold([came], corrections=[corrected(CorrectionKind.LEFT, 0)])

    assert person.following


def test_later_word_of_a_follow_overrules_that_somebody_had_left() -> None:
    came = follow(COUNTER, 0)
    left = corrected(CorrectionKind.LEFT, 5, noted=60)
    later = corrected(CorrectionKind.FOLLOWS, 0, noted=120)
    earlier = corrected(CorrectionKind.FOLLOWS, 0, noted=30)

    assert fold([came], corrections=[left, later]).row_id == COUNTER
    assert fold([came], corrections=[left, later]).following
    assert not fold([came], corrections=[left, earlier]).following


def test_who_left_and_came_back_unheard_follows_since_then() -> None:
    came = follow(COUNTER, 0)
    left = corrected(CorrectionKind.LEFT, 5, noted=60)
    back = corrected(CorrectionKind.FOLLOWS, 8, noted=120)

    person = fold([came], corrections=[left, back])

    assert (person.following, person.row_id) == (True, NO_CHANNEL)
    assert person.followed_at == T0 + timedelta(minutes=8)
    assert person.readings[came.push_key].lost_at == T0 + timedelta(minutes=5)


def test_who_was_gone_by_a_clock_ahead_of_wechats_follows_anew() -> None:
    came = follow(COUNTER, 0)
    left = corrected(CorrectionKind.LEFT, 9, noted=60)
    back = corrected(CorrectionKind.FOLLOWS, 8, noted=120)

    person = fold([came], corrections=[left, back])

    assert person.followed_at == back.at
    assert person.row_id == NO_CHANNEL
    lost_at = person.readings[came.push_key].lost_at
    assert lost_at
    assert came.at < lost_at < back.at
