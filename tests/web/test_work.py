"""Background work on its page: what waits and why, and sending it again."""

import os
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.web.browser import Browser, sentences
from wxchannels import clock
from wxchannels.intake import parking
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import (
    Account,
    AuditEntry,
    RawPush,
    Role,
    Task,
    TaskState,
    User,
)
from wxchannels.outbox import leases, queue, standing
from wxchannels.outbox.leases import Trouble
from wxchannels.outbox.queue import NewTask
from wxchannels.wechat import pushes as wechat_pushes

QUOTA = Trouble(error="reach max api daily quota limit", errcode=45009)


@pytest.fixture
def ask(session: Session, account: Account) -> Callable[..., Task]:
    """Ask for work that is due, and let a try of it fail where a trouble is given."""

    def ask(subject: str, trouble: Trouble | None = None, kind: str = "bulk") -> Task:
        now = clock.utcnow()
        task = NewTask(account_id=account.id, kind=kind, subject=subject, due_at=now)
        queue.add_tasks(session, [task])
        row = session.scalars(select(Task).order_by(Task.id.desc())).first()
        assert row
        if trouble:
            claimed = leases.claim(session, row.id, now=now)
            assert claimed
            leases.park(session, claimed, trouble)
        session.commit()
        return row

    return ask


Ask = Callable[..., Task]


def test_nothing_parked_is_said_so(reader: Browser) -> None:
    page = sentences(reader.get("/main/work"))

    assert "Nothing is parked" in page
    assert "No worker is running." in page


def test_what_the_spool_set_aside_is_said_before_it_ends(
    app: Flask, reader: Browser
) -> None:
    damaged = app.config["SPOOL_DIR"] / "damaged-1.sqlite3"
    damaged.write_bytes(b"?")
    os.utime(damaged, (NOON.timestamp(), NOON.timestamp()))

    page = sentences(reader.get("/main/work"))

    assert "This host set 1 damaged file or push of its spool aside." in page
    assert "The oldest is deleted 2026-05-31" in page


def test_parked_work_tells_its_reason_in_words(reader: Browser, ask: Ask) -> None:
    ask("12", QUOTA)

    page = sentences(reader.get("/main/work"))

    assert "Parked 1" in page
    assert "Codes in bulk" in page
    assert "Today’s calls to WeChat are used up (error 45009)" in page


@pytest.mark.parametrize(
    ("errcode", "english", "chinese"),
    [
        (45056, "Delete one in WeChat’s console", "在公众号后台删掉一个"),
        (45059, "Take one off in WeChat’s console", "为其去掉一个标签"),
        (45157, "Change it on the channel", "请在渠道或分组里改名"),
        (45158, "Shorten it on the channel", "请在渠道或分组里改短"),
    ],
)
def test_refused_tag_says_what_to_do(
    reader: Browser, ask: Ask, errcode: int, english: str, chinese: str
) -> None:
    ask("12 34", Trouble(error="no", errcode=errcode), kind="tag")

    assert english in sentences(reader.get("/main/work"))
    reader.set_cookie("lang", "zh")
    assert chinese in sentences(reader.get("/main/work"))


def test_address_that_wechat_does_not_know_is_named(reader: Browser, ask: Ask) -> None:
    words = "invalid ip 47.11.8.15 ipv6 ::ffff:47.11.8.15, not in whitelist rid: 1-2-3"
    ask("12", Trouble(error=words, errcode=40164))

    assert "Add 47.11.8.15 to the IP white list" in sentences(reader.get("/main/work"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("WeChatUnavailableError", "WeChat did not answer, or was busy."),
        ("WorkerDied", "The worker was ended each time"),
        ("KeyError", "Something went wrong here (KeyError)."),
    ],
)
def test_trouble_without_a_code_has_words_too(
    reader: Browser, ask: Ask, error: str, said: str
) -> None:
    ask("12", Trouble(error=error))

    assert said in sentences(reader.get("/main/work"))


def test_one_task_is_sent_again_and_noted(
    reader: Browser, session: Session, ask: Ask
) -> None:
    ask("12", QUOTA)
    ask("13", QUOTA)
    first = session.scalars(select(Task.id)).first()

    answer = reader.send("/main/work/again", page="/main/work", id=str(first), all="")

    assert answer.status_code == 302
    assert "1 task is in line again." in sentences(reader.get("/main/work"))
    session.rollback()
    session.expire_all()
    states = session.scalars(select(Task.state).order_by(Task.id)).all()
    assert states == [TaskState.DUE, TaskState.PARKED]
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "task.again")
    ).one()
    assert (entry.actor, entry.details) == ("ann@example.com", {"tasks": 1})


def test_all_of_it_is_sent_again(reader: Browser, session: Session, ask: Ask) -> None:
    ask("12", QUOTA)
    ask("13", QUOTA)

    reader.send("/main/work/again", page="/main/work", all="1")

    session.rollback()
    session.expire_all()
    assert set(session.scalars(select(Task.state))) == {TaskState.DUE}


def test_waiting_work_is_listed_with_its_next_try(reader: Browser, ask: Ask) -> None:
    ask("12")
    ask("daily", kind="retention")

    page = sentences(reader.get("/main/work?show=waiting"))

    assert "Waiting 2" in page
    assert "Nightly clearing" in page
    assert "In line" in page
    assert "Send all again" not in page


def test_long_lists_have_pages(reader: Browser, ask: Ask) -> None:
    for number in range(51):
        ask(f"run {number:02}")

    second = sentences(reader.get("/main/work?show=waiting&page=2"))
    beyond = sentences(reader.get("/main/work?show=waiting&page=9"))

    assert "51–51 of 51" in second
    assert "run 50" in second
    assert "run 50" in beyond


def test_running_workers_are_counted(reader: Browser, session: Session) -> None:
    standing.see_worker(session, "host:1", now=clock.utcnow())
    session.commit()

    page = sentences(reader.get("/main/work"))

    assert "1 worker is running" in page
    assert "No worker is running" not in page


def test_worker_that_is_gone_is_missed(reader: Browser, session: Session) -> None:
    standing.see_worker(session, "host:1", now=NOON)
    session.commit()

    assert "The last one was seen" in sentences(reader.get("/main/work"))


@pytest.fixture
def parked_push(session: Session, account: Account) -> RawPush:
    factories.qrcode(session, "counter")
    body = pushes.subscribe("counter")
    delivery = Delivery(
        push=wechat_pushes.parse(body), body=body, received_at=clock.utcnow()
    )
    parking.park(session, account.id, delivery, KeyError("anna"))
    session.commit()
    return session.scalars(select(RawPush)).one()


def test_parked_push_is_counted_when_it_is_tried_again(
    reader: Browser, parked_push: RawPush
) -> None:
    page = reader.get("/main/work?show=pushes")
    assert "It broke its handler (KeyError)." in sentences(page)

    reader.send(
        "/main/work/pushes/again",
        page="/main/work?show=pushes",
        id=str(parked_push.id),
        all="",
    )

    after = sentences(reader.get("/main/work?show=pushes"))
    assert "1 push is counted now." in after
    assert "Every push was read" in after


def test_push_that_breaks_again_is_said_and_stays(
    reader: Browser, session: Session, parked_push: RawPush
) -> None:
    parked_push.body = b"<xml>"
    session.commit()

    reader.send("/main/work/pushes/again", page="/main/work?show=pushes", all="1")

    after = sentences(reader.get("/main/work?show=pushes"))
    assert "1 push broke again and stays here." in after
    assert "MalformedPushError" in after


def test_another_accounts_work_is_not_shown(
    reader: Browser, session: Session, ask: Ask
) -> None:
    factories.account(session, "other")
    ask("12", QUOTA)

    assert "Nothing is parked" in sentences(reader.get("/other/work"))


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
def test_page_is_for_administrators_of_the_account(
    browser: Browser,
    session: Session,
    account: Account,
    admit: Callable[..., User],
    role: Role,
) -> None:
    factories.membership(session, admit(role=None), account, role)
    browser.sign_in()

    assert browser.get("/main/work").status_code == 404


def test_overview_says_that_work_is_parked(reader: Browser, ask: Ask) -> None:
    ask("12", QUOTA)

    page = sentences(reader.get("/main/overview"))

    assert "1 background task is parked" in page


def test_overview_says_that_nobody_does_the_work(
    reader: Browser, session: Session, ask: Ask
) -> None:
    ask("12").due_at = NOON
    session.commit()

    page = sentences(reader.get("/main/overview"))

    assert "Background work is behind" in page
    assert "No background worker is running" in page
