"""Two at once, as from two hosts: one of them gets it, and nothing breaks."""

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import Connection, event, update
from sqlalchemy.orm import Session

from tests.members.site import Site
from wxchannels.database import Turn, open_engine
from wxchannels.intake.store import Incoming, Store
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, CodeState, TemporaryCode
from wxchannels.wechat.pushes import parse

Send = Callable[[Site, Sequence[bytes]], list[str]]
ROUNDS = 5


@pytest.fixture
def send_at_once(
    database_url: str, account: Account, session: Session
) -> Iterator[Send]:
    """Return a function that takes each push in on a host of its own, all at once."""
    account_id = account.id
    session.rollback()
    engines = [open_engine(database_url, pool_size=1) for _ in range(3)]
    turn = Turn(database_url)
    hosts = [Store(engine, turn, erase_on_unfollow=True) for engine in engines]

    def send(site: Site, bodies: Sequence[bytes]) -> list[str]:
        site.session.rollback()
        said = [""] * len(bodies)
        gate = threading.Barrier(len(bodies))

        def record(number: int) -> None:
            body = bodies[number]
            delivery = Delivery(push=parse(body), body=body, received_at=site.now)
            gate.wait()
            [answer] = hosts[number].record([Incoming(account_id, delivery)])
            assert isinstance(answer, Answer)
            said[number] = str((answer.reply or {}).get("content", ""))

        threads = [
            threading.Thread(target=record, args=(number,))
            for number in range(len(bodies))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return said

    yield send
    for engine in engines:
        engine.dispose()


def test_of_two_who_scan_at_once_one_has_the_code(
    site: Site, send_at_once: Send
) -> None:
    for _ in range(ROUNDS):
        number = site.propose()
        pushes = [site.scan_push(number, "anna"), site.scan_push(number, "bo")]

        said = send_at_once(site, pushes)

        assert sorted("anna@shop" in one for one in said) == [False, True]
        assert all(said)


def test_copies_of_a_scan_get_the_same_answer(site: Site, send_at_once: Send) -> None:
    for _ in range(ROUNDS):
        push = site.scan_push(site.propose())

        said = send_at_once(site, [push] * 3)

        assert "anna@shop" in said[0]
        assert len(set(said)) == 1


def test_member_whose_two_codes_are_confirmed_at_once_is_bound_once(
    site: Site, send_at_once: Send
) -> None:
    for round_ in range(ROUNDS):
        member = f"member {round_}"
        first, second = site.propose(member), site.propose(member)
        site.scan(first, f"anna {round_}")
        site.scan(second, f"bo {round_}")
        messages = [
            site.message(site.digits(first), f"anna {round_}"),
            site.message(site.digits(second), f"bo {round_}"),
        ]

        said = send_at_once(site, messages)

        assert sorted("绑定成功" in one for one in said) == [False, True]
        assert sorted("没有绑定" in one for one in said) == [False, True]
        states = {site.state(first), site.state(second)}
        assert states == {CodeState.CONSUMED, CodeState.REFUSED}


def test_wrong_digits_at_once_are_three_tries_at_most(
    site: Site, send_at_once: Send
) -> None:
    number = site.propose()
    site.scan(number)
    wrong = site.wrong_digits(number)
    messages = [site.message(wrong) for _ in range(3)]

    said = send_at_once(site, messages)
    site.say(site.digits(number))

    assert sorted("作废" in one for one in said) == [False, False, True]
    assert site.bound() == {}


@pytest.mark.parametrize("typed", ["right", "wrong"])
def test_digits_of_a_code_that_is_cancelled_meanwhile_are_too_late(
    site: Site, typed: str
) -> None:
    number = site.propose()
    site.scan(number)
    digits = site.digits(number) if typed == "right" else site.wrong_digits(number)
    engine = site.session.get_bind()

    @event.listens_for(engine, "after_cursor_execute")
    def cancel(
        connection: Connection, cursor: object, statement: str, *_: object
    ) -> None:
        del cursor
        if "ORDER BY temporary_code.scanned_at" in statement:
            # As staff or a program do who press the button at this moment.
            state = CodeState.CANCELLED
            connection.execute(update(TemporaryCode).values(state=state))

    told = site.say(digits)
    event.remove(engine, "after_cursor_execute", cancel)

    assert "已经用过或过期" in told
    assert site.bound() == {}
