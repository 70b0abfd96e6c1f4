"""What happens is told to the customer's systems: in order, signed, until taken."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from examples.receive_webhooks import NotVerifiedError, verify
from tests import factories, pushes
from tests.applications import statements
from tests.customer import Customer, listening, refusing
from tests.factories import NOON
from tests.wire import API, wechat_on_the_wire
from tests.worker.conftest import task_of
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.extensions import db
from wxchannels.ledger import counters, inbox, personal
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    Account,
    DeliveryState,
    EventType,
    Follower,
    Task,
    TaskState,
    Webhook,
    WebhookDelivery,
)
from wxchannels.outbox import leases, queue
from wxchannels.outbox.patience import MOST_TRIES
from wxchannels.webhooks import endpoints, events, log, sending, signing
from wxchannels.webhooks.endpoints import Settings
from wxchannels.wechat.pushes import parse
from wxchannels.worker.runner import run_task

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON + MINUTE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(clock, "utcnow", time)
    return time


@pytest.fixture
def customer() -> Iterator[Customer]:
    with listening() as customer:
        yield customer


@pytest.fixture(autouse=True)
def allow_loopback(app: Flask) -> None:
    app.config["WEBHOOK_ALLOWED_HOSTS"] = {"127.0.0.1"}


@pytest.fixture
def webhook(session: Session, account: Account, customer: Customer) -> Webhook:
    webhook = factories.webhook(session, account, customer.url)
    customer.secret = webhook.secret
    return webhook


def receive(session: Session, account: Account, *bodies: bytes) -> None:
    deliveries = [
        Delivery(push=parse(body), body=body, received_at=NOON) for body in bodies
    ]
    inbox.receive(session, account.id, deliveries)
    session.commit()


def work(session: Session) -> list[Task]:
    """Do what a worker finds to do for webhooks at this moment."""
    session.rollback()
    queue.add_tasks(session, sending.list_unattended(session, at=clock.utcnow()))
    session.commit()
    due = leases.list_due(session, ["webhook"], limit=9, now=clock.utcnow())
    session.rollback()
    for number in due:
        run_task(number)
    return [task_of(session, number) for number in due]


def deliveries(session: Session) -> list[WebhookDelivery]:
    session.rollback()
    session.expire_all()
    query = select(WebhookDelivery).order_by(WebhookDelivery.id)
    return list(session.scalars(query))


@pytest.mark.usefixtures("webhook")
def test_life_of_a_follower_is_told_in_order(
    session: Session, account: Account, customer: Customer
) -> None:
    code = factories.qrcode(session, "counter")
    channel_id = code.channel_id
    steps = [
        pushes.subscribe("counter", at=NOON),
        pushes.scan("counter", at=NOON + MINUTE),
        pushes.unsubscribe(at=NOON + 2 * MINUTE),
        pushes.subscribe(None, at=NOON + 3 * MINUTE),
        pushes.scan("elsewhere", at=NOON + 4 * MINUTE),
    ]
    for step in steps:
        receive(session, account, step)

    [task] = work(session)

    assert task.state == TaskState.DONE
    assert customer.types == ["follow", "scan", "unfollow", "refollow", "scan"]
    follow, *_, refollow, elsewhere = customer.events
    follower_id = session.scalars(select(Follower.id)).one()
    assert follow == {
        "id": follow["id"],
        "type": "follow",
        "created_at": "2026-03-02T04:00:00Z",
        "account": "main",
        "follower_id": follower_id,
        "class": "new_follow",
        "row": "channel",
        "channel_id": channel_id,
        "channel": "counter",
        "scene": "counter",
    }
    assert (refollow["row"], refollow["channel_id"]) == ("no_channel", None)
    assert (elsewhere["row"], elsewhere["scene"]) == ("unknown_scene", "elsewhere")
    assert len({event["id"] for event in customer.events}) == 5
    assert "anna" not in str(customer.events)
    assert {one.state for one in deliveries(session)} == {DeliveryState.DELIVERED}


@pytest.mark.usefixtures("webhook")
def test_retried_push_is_told_once(
    session: Session, account: Account, customer: Customer
) -> None:
    for _ in range(3):
        receive(session, account, pushes.subscribe())
        work(session)

    assert customer.types == ["follow"]


def test_accounts_without_an_endpoint_pay_nothing(
    session: Session, account: Account, customer: Customer
) -> None:
    bake = factories.account(session, slug="bake")
    factories.webhook(session, bake, customer.url)
    factories.webhook(session, account, customer.url, is_on=False)

    with statements() as said:
        receive(session, account, pushes.subscribe())

    # All there is to know stands in the account's row, which is read anyway.
    assert not [one for one in said if "webhook" in one.replace("has_webhooks", "")]
    assert deliveries(session) == []


def test_endpoint_is_told_only_what_it_wants(
    session: Session, account: Account, customer: Customer
) -> None:
    wanted = [EventType.UNFOLLOW]
    webhook = factories.webhook(session, account, customer.url, events=wanted)
    customer.secret = webhook.secret
    receive(session, account, pushes.subscribe())
    receive(session, account, pushes.unsubscribe(at=NOON + MINUTE))

    work(session)

    assert customer.types == ["unfollow"]


@pytest.mark.usefixtures("webhook")
def test_receiver_that_is_down_for_hours_gets_everything_in_order(
    session: Session, account: Account, customer: Customer, time: Time
) -> None:
    customer.mood = refusing(503, b"maintenance")
    receive(session, account, pushes.subscribe(openid="anna"))
    [task] = work(session)
    receive(session, account, pushes.subscribe(openid="bo", at=NOON + MINUTE))
    while time.now < NOON + 9 * HOUR:
        time.now = task.due_at
        [task] = work(session)
    asked = len(customer.requests)
    customer.mood = None

    time.now = task.due_at
    [task] = work(session)

    assert 9 < asked < MOST_TRIES
    assert len({one["webhook-id"] for one in customer.requests[:asked]}) == 1
    assert customer.types == ["follow", "follow"]
    first, second = deliveries(session)
    assert customer.events[0]["follower_id"] == first.follower_id
    assert (first.attempts, second.attempts) == (asked + 1, 1)
    assert first.webhook.failing_since is None
    assert counters.check(session, account.id) == []


def test_failing_endpoint_holds_up_no_other(
    session: Session, account: Account, customer: Customer
) -> None:
    with listening() as broken:
        broken.mood = refusing(500)
        factories.webhook(session, account, broken.url)
        webhook = factories.webhook(session, account, customer.url)
        customer.secret = webhook.secret
        receive(session, account, pushes.subscribe())

        states = {task.state for task in work(session)}

    assert states == {TaskState.DUE, TaskState.DONE}
    assert customer.types == ["follow"]


def give_up(session: Session, time: Time) -> None:
    """Let the worker try until it tries no more."""
    tasks = work(session)
    while tasks and tasks[0].state == TaskState.DUE:
        time.now = tasks[0].due_at
        tasks = work(session)


def test_endpoint_that_fails_for_a_day_is_paused_and_goes_on_when_resumed(
    session: Session,
    account: Account,
    customer: Customer,
    webhook: Webhook,
    time: Time,
) -> None:
    customer.mood = refusing(500)
    receive(session, account, pushes.subscribe(openid="anna"))
    started = time.now

    give_up(session, time)

    session.refresh(webhook)
    assert webhook.paused_at == time.now
    assert webhook.failing_since == started
    assert 20 * HOUR < time.now - started < 25 * HOUR
    assert len(customer.requests) == MOST_TRIES
    # What happens meanwhile waits, and nobody asks.
    receive(session, account, pushes.subscribe(openid="bo"))
    assert work(session) == []

    customer.mood = None
    endpoints.resume(session, webhook, at=time.now)
    session.commit()
    work(session)

    assert customer.types == ["follow", "follow"]


def test_receiver_that_is_gone_is_paused_at_once(
    session: Session, account: Account, customer: Customer, webhook: Webhook
) -> None:
    customer.mood = refusing(410)
    receive(session, account, pushes.subscribe())

    [task] = work(session)

    session.refresh(webhook)
    assert task.state == TaskState.DONE
    assert webhook.paused_at is not None
    assert deliveries(session)[0].state == DeliveryState.WAITING


@pytest.mark.usefixtures("webhook")
def test_refused_message_says_why_in_the_log(
    session: Session, account: Account, customer: Customer, time: Time
) -> None:
    customer.mood = refusing(422, b"<b>no such shop</b>")
    receive(session, account, pushes.subscribe())

    work(session)

    [tried] = deliveries(session)
    assert (tried.status, tried.failure) == (422, "status")
    assert tried.answer == "<b>no such shop</b>"
    assert tried.attempted_at == time.now


def test_address_that_became_private_is_not_connected_to(
    app: Flask, session: Session, account: Account, customer: Customer
) -> None:
    factories.webhook(session, account, f"https://127.0.0.1:{customer.port}/")
    app.config["WEBHOOK_ALLOWED_HOSTS"] = frozenset()
    receive(session, account, pushes.subscribe())

    work(session)

    assert customer.requests == []
    assert [one.failure for one in deliveries(session)] == ["address"]


def test_new_secret_and_the_one_before_both_sign_for_a_day(
    session: Session,
    account: Account,
    customer: Customer,
    webhook: Webhook,
    time: Time,
) -> None:
    old = customer.secret
    new = endpoints.rotate_secret(webhook, at=time.now)
    session.commit()
    receive(session, account, pushes.subscribe(openid="anna"))
    work(session)
    customer.secret = new
    receive(session, account, pushes.subscribe(openid="bo"))
    work(session)
    time.now += DAY + MINUTE
    customer.secret = old
    receive(session, account, pushes.subscribe(openid="cleo"))
    work(session)

    assert customer.types == ["follow", "follow"]
    assert [one.status for one in deliveries(session)] == [204, 204, 401]


def test_example_refuses_what_is_forged_changed_or_old(webhook: Webhook) -> None:
    body = b'{"id":"x"}'
    headers = signing.headers_for([webhook.secret], "x", 1_000_000, body)
    fake = {**headers, "webhook-signature": "v1,AAAA v2,BBBB v1,?"}
    wrong: list[tuple[dict[str, str], bytes, float]] = [
        (headers, b'{"id":"y"}', 1_000_000),
        (headers, body, 1_000_301),
        (headers, body, 999_699),
        (fake, body, 1_000_000),
        ({**headers, "webhook-id": "y"}, body, 1_000_000),
        ({**headers, "webhook-timestamp": "soon"}, body, 1_000_000),
        ({}, body, 1_000_000),
    ]

    assert verify(webhook.secret, headers, body, now=1_000_300) == {"id": "x"}
    for given, text, now in wrong:
        with pytest.raises(NotVerifiedError):
            verify(webhook.secret, given, text, now=now)


def test_openid_is_told_to_whoever_asked_and_only_of_those_who_follow(
    session: Session, account: Account, customer: Customer
) -> None:
    webhook = factories.webhook(session, account, customer.url, sends_openid=True)
    customer.secret = webhook.secret
    customer.mood = refusing(500, b"I do not know anna")
    receive(session, account, pushes.subscribe(openid="anna"))
    receive(session, account, pushes.subscribe(openid="bo"))
    work(session)
    receive(session, account, pushes.unsubscribe(openid="bo", at=NOON + MINUTE))
    customer.mood = None
    endpoints.wake(session, webhook, at=clock.utcnow())
    session.commit()

    work(session)

    openids = [event.get("openid") for event in customer.events]
    assert openids == ["anna", None, None]
    kept = [one.payload + one.answer for one in deliveries(session)]
    assert not [one for one in kept if "anna" in one or "bo" in one]


def test_answer_that_says_the_openid_back_is_kept_without_it(
    session: Session, account: Account, customer: Customer
) -> None:
    factories.webhook(session, account, customer.url, sends_openid=True)
    customer.mood = refusing(500, b"I do not know anna")
    receive(session, account, pushes.subscribe(openid="anna"))

    work(session)

    assert [one.answer for one in deliveries(session)] == ["I do not know …"]


@pytest.mark.usefixtures("webhook")
def test_binding_is_told_and_forgotten_with_the_person(
    session: Session, account: Account, customer: Customer
) -> None:
    receive(session, account, pushes.subscribe())
    anna = session.scalars(select(Follower)).one()
    for _ in range(2):
        events.tell_binding(
            session,
            account.id,
            EventType.BINDING_CONFIRMED,
            anna.id,
            binding_id=7,
            member="member-42",
            at=NOON,
        )
    session.commit()
    work(session)

    with transactions(write=True):
        personal.erase_person(session, account, anna, at=NOON)
        session.commit()

    _, told = customer.events
    assert (told["type"], told["binding_id"]) == ("binding.confirmed", 7)
    assert told["member"] == "member-42"
    _, kept = deliveries(session)
    assert json.loads(kept.payload) == {"binding_id": 7}


@pytest.mark.usefixtures("webhook")
def test_end_of_a_binding_forgets_the_member_once_it_is_told(
    session: Session, account: Account, customer: Customer
) -> None:
    receive(session, account, pushes.subscribe())
    anna = session.scalars(select(Follower.id)).one()

    def tell(type_: EventType, number: int) -> None:
        events.tell_binding(
            session,
            account.id,
            type_,
            anna,
            binding_id=number,
            member=f"member-{number}",
            at=NOON,
        )

    tell(EventType.BINDING_CONFIRMED, 1)
    tell(EventType.BINDING_REMOVED, 1)
    tell(EventType.BINDING_CONFIRMED, 2)
    session.commit()
    work(session)

    told = [one.get("member") for one in customer.events]
    assert told == [None, "member-1", "member-1", "member-2"]
    kept = " ".join(one.payload for one in deliveries(session))
    assert "member-1" not in kept
    assert "member-2" in kept


@pytest.mark.usefixtures("webhook")
def test_follow_that_is_moved_to_its_channel_is_told_again(
    session: Session, account: Account, customer: Customer
) -> None:
    factories.qrcode(session, "counter")
    receive(session, account, pushes.subscribe(None))
    work(session)
    lookup = session.scalars(select(Task.id).where(Task.kind == "lookup")).one()
    session.rollback()
    info: dict[str, Any] = {
        "openid": "anna",
        "subscribe": 1,
        "subscribe_time": int(NOON.timestamp()),
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene_str": "counter",
    }

    with wechat_on_the_wire() as wire:
        batch = f"{API}/cgi-bin/user/info/batchget"
        wire.post(batch, json={"user_info_list": [info]})
        run_task(lookup)
    work(session)

    first, repaired = customer.events
    assert (first["type"], first["row"]) == ("follow", "no_channel")
    assert (repaired["type"], repaired["channel"]) == ("follow.repaired", "counter")
    assert repaired["repairs"] == first["id"]
    assert repaired["class"] == "new_follow"


def test_message_can_be_sent_again_and_one_in_the_way_skipped(
    session: Session, account: Account, customer: Customer, webhook: Webhook
) -> None:
    receive(session, account, pushes.subscribe(openid="anna"))
    work(session)
    customer.seen.clear()
    customer.mood = refusing(400)
    receive(session, account, pushes.subscribe(openid="bo"))
    receive(session, account, pushes.subscribe(openid="cleo"))
    work(session)
    first, stuck, last = deliveries(session)
    customer.mood = None

    log.skip(session, webhook, stuck, at=clock.utcnow())
    log.send_again(session, webhook, first, at=clock.utcnow())
    session.commit()
    work(session)

    told = [event["id"] for event in customer.events]
    assert told == [first.event_id, first.event_id, last.event_id]
    states = [one.state for one in deliveries(session)]
    assert states == ["delivered", "skipped", "delivered"]


def test_test_event_is_sent_whatever_the_endpoint_wants(
    session: Session, account: Account, customer: Customer
) -> None:
    wanted = [EventType.UNFOLLOW]
    webhook = factories.webhook(session, account, customer.url, events=wanted)
    customer.secret = webhook.secret

    endpoints.send_test(session, webhook, at=clock.utcnow())
    session.commit()
    work(session)

    assert customer.types == ["test"]


def test_endpoint_that_is_taken_away_takes_its_messages_along(
    session: Session, account: Account, customer: Customer, webhook: Webhook
) -> None:
    receive(session, account, pushes.subscribe())
    queue.add_tasks(session, sending.list_unattended(session, at=clock.utcnow()))
    endpoints.remove_endpoint(session, account, webhook)
    session.commit()

    [task] = work(session)

    assert task.state == TaskState.DONE
    assert (customer.requests, deliveries(session)) == ([], [])
    assert not account.has_webhooks


@pytest.mark.usefixtures("webhook")
def test_waiting_messages_are_found_once(session: Session, account: Account) -> None:
    receive(session, account, pushes.subscribe())
    queue.add_tasks(session, sending.list_unattended(session, at=clock.utcnow()))
    session.commit()

    assert sending.list_unattended(session, at=clock.utcnow()) == []


@pytest.mark.usefixtures("webhook")
def test_log_ends_after_a_week_and_waiting_after_thirty_days(
    session: Session, account: Account
) -> None:
    receive(session, account, pushes.subscribe(openid="anna"))
    work(session)
    receive(session, account, pushes.subscribe(openid="bo"))
    ages = [log.KEPT_TAKEN, log.KEPT_TAKEN, log.KEPT_WAITING, log.KEPT_WAITING]

    deleted = [
        log.delete_deliveries(
            session, account.id, limit=10, now=NOON + age + (number % 2) * MINUTE
        )
        for number, age in enumerate(ages)
    ]

    assert deleted == [0, 1, 0, 1]


@pytest.mark.usefixtures("webhook")
def test_work_that_is_done_leaves_one_row_behind(
    session: Session, account: Account, customer: Customer
) -> None:
    for openid in ("anna", "bo", "cleo", "dora"):
        receive(session, account, pushes.subscribe(openid=openid))
        work(session)

    mine = select(Task.state).where(Task.kind == "webhook")
    assert len(customer.events) == 4
    assert len(session.scalars(mine).all()) <= 2


def test_settings_that_make_no_endpoint(session: Session, account: Account) -> None:
    url = "https://hooks.example.com"

    with pytest.raises(endpoints.NoEventsError):
        endpoints.add_endpoint(session, account, Settings(url=url, events=[]), at=NOON)
    session.rollback()
    for _ in range(endpoints.MOST_ENDPOINTS):
        factories.webhook(session, account, url)
    with pytest.raises(endpoints.TooManyEndpointsError):
        factories.webhook(session, account, url)
    session.rollback()


def test_endpoint_is_taken_away_only_behind_the_pushes_under_way(
    session: Session, account: Account, webhook: Webhook
) -> None:
    number, account_id, engine = webhook.id, account.id, db.engine
    session.rollback()

    def remove() -> None:
        with transactions(write=True), Session(engine) as other:
            mine = other.get_one(Account, account_id)
            endpoints.remove_endpoint(other, mine, other.get_one(Webhook, number))
            other.commit()

    with transactions(write=True):
        delivery = Delivery(
            push=parse(pushes.subscribe()), body=pushes.subscribe(), received_at=NOON
        )
        inbox.receive(session, account_id, [delivery])
        thread = Thread(target=remove)
        thread.start()
        thread.join(0.3)
        waited = thread.is_alive()
        session.commit()
    thread.join(10)

    assert waited
    assert deliveries(session) == []
    assert session.scalars(select(Follower.following)).all() == [True]
    assert counters.check(session, account_id) == []
