"""WeChat's list of followers: imported once, compared every night."""

import json
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest
import requests
import responses
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.wire import API, wechat_on_the_wire
from wxchannels.accounts.comparing import compare_list, last_comparison
from wxchannels.accounts.importing import import_list, import_standing, start_import
from wxchannels.accounts.listed import part_of
from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.followers import find_follower
from wxchannels.ledger.identity import hash_openid
from wxchannels.models import (
    Account,
    Correction,
    Follower,
    ListPage,
    ScanEvent,
    Task,
    TaskState,
)
from wxchannels.web.wechat import client_for
from wxchannels.wechat.client import MAX_USERS, WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError
from wxchannels.wechat.pushes import parse

LATER = NOON + timedelta(hours=1)
NIGHT = NOON + timedelta(hours=12)
Answer = tuple[int, dict[str, str], str]


class WeChat:
    """Who follows since when, `page_size` to a page of the list."""

    def __init__(self) -> None:
        self.since: dict[str, datetime] = {}
        self.page_size = 10_000
        self.asked: list[list[str]] = []
        self.pages: list[str] = []
        #: Done when somebody is asked about for the first time.
        self.meanwhile: Callable[[], None] | None = None
        self.strange: set[str] = set()
        self.breaks_at: int | None = None

    def page(self, request: requests.PreparedRequest) -> Answer:
        start = dict(request.params or {})["next_openid"]  # type: ignore[attr-defined]
        self.pages.append(start)
        openids = sorted(self.since)
        found = [one for one in openids if one > start][: self.page_size]
        answer = {"total": len(openids), "count": len(found), "next_openid": ""}
        if found:
            answer |= {"data": {"openid": found}, "next_openid": found[-1]}
        return 200, {}, json.dumps(answer)

    def batch(self, request: requests.PreparedRequest) -> Answer:
        if self.breaks_at == len(self.asked):
            return 200, {}, json.dumps({"errcode": 45009, "errmsg": "quota"})
        assert isinstance(request.body, bytes)
        asked = [one["openid"] for one in json.loads(request.body)["user_list"]]
        self.asked.append(asked)
        if self.strange & set(asked):
            return 200, {}, json.dumps({"errcode": 40003, "errmsg": "invalid openid"})
        answer = json.dumps({"user_info_list": [self._person(one) for one in asked]})
        if self.meanwhile:
            self.meanwhile()
            self.meanwhile = None
        return 200, {}, answer

    def _person(self, openid: str) -> dict[str, object]:
        at = self.since.get(openid)
        if at is None:
            return {"subscribe": 0, "openid": openid}
        return {"subscribe": 1, "openid": openid, "subscribe_time": int(at.timestamp())}


@pytest.fixture
def wechat() -> Iterator[WeChat]:
    found = WeChat()
    with wechat_on_the_wire() as wire:
        wire.add_callback(responses.GET, f"{API}/cgi-bin/user/get", found.page)
        batch = f"{API}/cgi-bin/user/info/batchget"
        wire.add_callback(responses.POST, batch, found.batch)
        yield found


@pytest.fixture
def client_of(app: Flask, account: Account) -> WeChatClient:
    del app  # the client asks its configuration
    return client_for(account)


Import = Callable[[], int]


@pytest.fixture
def take_over(session: Session, account: Account, client_of: WeChatClient) -> Import:
    number = account.id

    def take_over() -> int:
        session.rollback()
        return len(list(import_list(session, client_of, number, now=lambda: NOON)))

    return take_over


class Compare:
    """Compares as a worker does, or as one that is killed after some steps."""

    def __init__(self, session: Session, wechat: WeChatClient, number: int) -> None:
        self._session, self._wechat, self._number = session, wechat, number
        #: By how much the clock went on meanwhile.
        self.late = timedelta()

    def __call__(
        self, at: datetime = NIGHT, *, erase: bool = True, most: int | None = None
    ) -> None:
        steps = self.steps(at, erase=erase)
        for _ in islice(steps, most):
            assert not self._session.in_transaction(), "held while WeChat is asked"
        steps.close()

    def steps(
        self, at: datetime = NIGHT, *, erase: bool = True
    ) -> Generator[None, None, None]:
        self._session.rollback()
        compared = compare_list(
            self._session,
            self._wechat,
            self._number,
            erase=erase,
            now=lambda: at + self.late,
        )
        yield from compared


@pytest.fixture
def compare(session: Session, account: Account, client_of: WeChatClient) -> Compare:
    """Return what compares, in the night after the list was imported."""
    account.followers_imported_at = account.verified_at = NOON
    session.commit()
    return Compare(session, client_of, account.id)


def receive(session: Session, account: Account, *bodies: bytes) -> None:
    deliveries = [Delivery(push=parse(b), body=b, received_at=NOON) for b in bodies]
    inbox.receive(session, account.id, deliveries)
    session.commit()


def follows(session: Session, account: Account, openid: str) -> bool:
    session.expire_all()
    person = find_follower(session, account, openid)
    session.rollback()
    return person is not None and person.following


def found(session: Session, account: Account) -> tuple[int, int, int]:
    session.rollback()
    run = last_comparison(session, account)
    assert run
    return run.total, run.missed_follows, run.missed_unfollows


def test_stopped_within_a_page_asks_about_nobody_again(
    session: Session, account: Account, wechat: WeChat, take_over: Import
) -> None:
    wechat.since = dict.fromkeys([f"o{n:03}" for n in range(250)], NOON)
    wechat.breaks_at = 2

    with pytest.raises(WeChatRefusedError):
        take_over()
    run = import_standing(session, account).run
    assert run
    stopped_at = (run.done, run.total, run.finished_at)
    wechat.breaks_at = None
    take_over()

    assert stopped_at == (200, 250, None)
    assert [len(asked) for asked in wechat.asked] == [100, 100, 50]
    session.rollback()
    run = import_standing(session, account).run
    assert run
    assert (run.done, run.total, run.finished_at) == (250, 250, NOON)
    assert len(session.scalars(select(Follower)).all()) == 250


def test_progress_goes_over_all_pages(
    session: Session, account: Account, wechat: WeChat, take_over: Import
) -> None:
    wechat.page_size = 2
    wechat.since = dict.fromkeys("abcde", NOON)

    batches = take_over()

    run = import_standing(session, account).run
    assert run
    assert (run.done, run.done_before, batches) == (5, 5, 4)


def test_account_without_followers_is_imported_at_once(
    session: Session, account: Account, wechat: WeChat, take_over: Import
) -> None:
    take_over()

    session.refresh(account)
    assert account.followers_imported_at == NOON
    assert wechat.asked == []


def test_import_is_asked_for_once_and_parked_work_is_tried_again(
    session: Session, account: Account
) -> None:
    start_import(session, account, now=NOON)
    start_import(session, account, now=LATER)
    [task] = session.scalars(select(Task))
    assert import_standing(session, account).is_under_way
    task.state, task.error, task.errcode = TaskState.PARKED, "no", 48001
    session.commit()
    parked = import_standing(session, account)
    assert (parked.is_under_way, parked.has_failed) == (False, True)

    start_import(session, account, now=LATER)
    session.commit()

    session.refresh(task)
    assert (task.state, task.due_at) == (TaskState.DUE, LATER)


def test_missed_unfollow_is_found_and_the_person_erased(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    code = factories.qrcode(session, "counter")
    receive(session, account, pushes.subscribe("counter"))

    compare()

    assert not follows(session, account, "anna")
    assert found(session, account) == (0, 0, 1)
    event = session.scalars(select(ScanEvent)).one()
    assert (event.lost_at, event.row_id) == (NIGHT, code.channel_id)
    assert session.scalars(select(Follower)).one().openid is None
    assert wechat.asked == [["anna"]]


def test_openid_stays_where_the_setting_says_so(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None))

    compare(erase=False)

    assert wechat.asked
    assert session.scalars(select(Follower)).one().openid == "anna"


def test_missed_follow_is_found_and_counted_in_no_channel(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    wechat.since = {"anna": LATER}

    compare()

    session.expire_all()
    anna = session.scalars(select(Follower)).one()
    assert (anna.following, anna.row_id, anna.followed_at) == (True, 0, LATER)
    assert (anna.openid, anna.known_before) == ("anna", False)
    assert found(session, account) == (1, 1, 0)


def test_second_night_finds_nothing(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None, openid="bo"))
    wechat.since = {"anna": LATER}
    compare()
    asked = len(wechat.asked)

    compare(NIGHT + timedelta(days=1))

    assert found(session, account) == (1, 0, 0)
    assert len(wechat.asked) == asked
    assert len(session.scalars(select(Correction)).all()) == 2


def test_who_comes_and_goes_while_the_list_is_read_is_not_corrected(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None))
    wechat.since = {"bo": LATER}
    again = NIGHT + timedelta(seconds=1)
    number = account.id

    def meanwhile() -> None:
        compare.late = timedelta(minutes=1)
        # Both pushes arrive while WeChat's answer about "bo" is on its way to us.
        bodies = [
            pushes.unsubscribe(openid="bo", at=again),
            pushes.subscribe(None, openid="anna", at=again),
        ]
        deliveries = [Delivery(push=parse(b), body=b, received_at=NOON) for b in bodies]
        with Session(session.get_bind()) as other:
            inbox.receive(other, number, deliveries)
            other.commit()

    wechat.meanwhile = meanwhile

    compare()

    assert follows(session, account, "anna")
    assert not follows(session, account, "bo")
    assert found(session, account) == (1, 0, 0)


def test_push_of_the_second_in_which_wechat_is_asked_is_the_later_one(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None))
    number = account.id

    def meanwhile() -> None:
        # A minute passes until WeChat says that "anna" left.
        compare.late = timedelta(minutes=1)
        body = pushes.subscribe(None, at=NIGHT)
        delivery = Delivery(push=parse(body), body=body, received_at=NOON)
        with Session(session.get_bind()) as other:
            inbox.receive(other, number, [delivery])
            other.commit()

    wechat.meanwhile = meanwhile

    compare(NIGHT + timedelta(seconds=0.6))

    assert wechat.asked == [["anna"]]
    assert follows(session, account, "anna")


def test_who_is_unlisted_but_follows_is_left_alone(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None))
    wechat._person = lambda openid: {  # type: ignore[method-assign]
        "subscribe": 1,
        "openid": openid,
        "subscribe_time": int(NOON.timestamp()),
    }

    compare()

    assert follows(session, account, "anna")
    assert found(session, account) == (0, 0, 0)


def test_who_left_since_the_list_was_made_leaves_no_trace(
    session: Session, wechat: WeChat, compare: Compare
) -> None:
    wechat.since = {"dan": NOON}
    wechat._person = lambda openid: {  # type: ignore[method-assign]
        "subscribe": 0,
        "openid": openid,
    }

    compare()

    assert wechat.asked == [["dan"]]
    assert session.scalars(select(Follower)).all() == []


def test_who_followed_after_the_list_was_begun_is_not_asked_about(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None, at=NIGHT + timedelta(seconds=1)))

    compare()

    assert wechat.asked == []
    assert follows(session, account, "anna")


def test_person_whom_wechat_does_not_know_is_left_alone(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    for one in ("anna", "bo", "cai"):
        receive(session, account, pushes.subscribe(None, openid=one))
    wechat.strange = {"bo"}

    compare()

    stays = [follows(session, account, one) for one in ("anna", "bo", "cai")]
    assert stays == [False, True, False]


def test_nothing_is_compared_before_the_import(
    session: Session, account: Account, wechat: WeChat, client_of: WeChatClient
) -> None:
    for _ in compare_list(
        session, client_of, account.id, erase=True, now=lambda: NIGHT
    ):
        pytest.fail("a step was taken")

    assert wechat.pages == []
    assert last_comparison(session, account) is None


def compare_step_by_step(session: Session, account: Account, compare: Compare) -> None:
    """Compare in another process each time: nothing is kept in memory."""
    for _ in range(100):
        compare(most=1)
        if last_comparison(session, account):
            return
    raise AssertionError("it never ends")


def test_killed_comparison_goes_on_where_it_was(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    wechat.page_size = 2
    for one in ("anna", "bo", "cai", "dan", "eva"):
        receive(session, account, pushes.subscribe(None, openid=one))
    wechat.since = dict.fromkeys(["anna", "bo", "cai", "fei"], NOON)

    compare_step_by_step(session, account, compare)

    assert found(session, account) == (4, 1, 2)
    # Each page once and the end of the list; nobody who was listed is asked about.
    assert wechat.pages == ["", "bo", "fei"]
    assert sorted(one for asked in wechat.asked for one in asked) == [
        "dan",
        "eva",
        "fei",
    ]
    assert session.scalars(select(ListPage)).all() == []


def test_every_page_is_kept(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    pepper, wechat.page_size = account.pepper, 1
    openids = [f"o{n}" for n in range(200)]
    alike = [one for one in openids if part_of(hash_openid(pepper, one)) == 0]
    assert len(alike) > 1
    for one in alike:
        receive(session, account, pushes.subscribe(None, openid=one))
    wechat.since = dict.fromkeys(alike, NOON)

    compare()

    assert wechat.asked == []


def test_killed_within_a_page_asks_about_the_rest_of_it(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    wechat.since = dict.fromkeys([f"o{n:03}" for n in range(250)], NOON)

    compare(most=2)
    compare()

    assert [len(asked) for asked in wechat.asked] == [100, 100, 50]
    assert found(session, account) == (250, 250, 0)


def test_many_who_left_are_asked_about_in_steps(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    openids = [f"o{n}" for n in range(2000)]
    pepper = account.pepper
    alike = [one for one in openids if part_of(hash_openid(pepper, one)) == 0]
    assert len(alike) > MAX_USERS
    for one in alike:
        receive(session, account, pushes.subscribe(None, openid=one))

    compare_step_by_step(session, account, compare)

    assert [len(asked) for asked in wechat.asked] == [100, len(alike) - 100]
    assert found(session, account) == (0, 0, len(alike))


def test_pushes_that_come_between_two_slices_win(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    wechat.page_size = 2
    for one in ("anna", "bo"):
        receive(session, account, pushes.subscribe(None, openid=one))
    wechat.since = {"bo": NOON, "cai": NOON}
    again = NIGHT + timedelta(seconds=1)

    # The first page is read: "bo" is on it, "cai" is taken for missed, "anna" has left.
    compare(most=1)
    receive(
        session,
        account,
        pushes.unsubscribe(openid="bo", at=again),
        pushes.unsubscribe(openid="cai", at=again),
        pushes.subscribe(None, openid="anna", at=again),
    )
    compare(NIGHT + timedelta(minutes=5))

    standing = [follows(session, account, one) for one in ("anna", "bo", "cai")]
    assert standing == [True, False, False]


def test_list_of_another_night_is_read_anew(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    wechat.page_size = 1
    wechat.since = {"anna": NOON, "bo": NOON}
    for one in wechat.since:
        receive(session, account, pushes.subscribe(None, openid=one))
    compare(most=2)
    del wechat.since["anna"]

    compare(NIGHT + timedelta(days=1))

    assert wechat.pages == ["", "anna", "", "bo"]
    assert not follows(session, account, "anna")
    assert found(session, account) == (1, 0, 1)


def test_comparison_that_was_ended_elsewhere_asks_about_nobody(
    session: Session, account: Account, wechat: WeChat, compare: Compare
) -> None:
    receive(session, account, pushes.subscribe(None))
    wechat.since = {"anna": NOON}
    steps = compare.steps()
    next(steps)

    compare()
    for _ in steps:
        pass

    assert wechat.asked == []
    assert follows(session, account, "anna")
