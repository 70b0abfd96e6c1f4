"""Many channels at once."""

import json
from datetime import timedelta

import pytest
import responses
from requests import ConnectionError as NetworkError
from requests import PreparedRequest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.wire import CREATE, ticket_for
from wxchannels.channels import bulk, channels
from wxchannels.channels.bulk import Progress
from wxchannels.channels.channels import ChannelNameTakenError
from wxchannels.channels.check import (
    CheckedRow,
    check_rows,
)
from wxchannels.channels.paste import (
    read_rows,
)
from wxchannels.errors import NotFoundError
from wxchannels.models import (
    Account,
    BulkRow,
    BulkRowState,
    BulkRun,
    Channel,
    Lifetime,
    QRCode,
    QRCodeState,
)
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatUnavailableError, refusal


def checked(session: Session, account: Account, text: str) -> list[CheckedRow]:
    return check_rows(session, account, read_rows(text))


def start(session: Session, account: Account, text: str) -> BulkRun:
    rows = checked(session, account, text)
    run = bulk.start_run(session, account, None, rows, at=NOON)
    session.commit()
    return run


def drive(session: Session, wechat: WeChatClient, run_id: int) -> None:
    """Ask for one code after the other, as the page does."""
    while order := bulk.next_order(session, run_id, now=NOON):
        session.commit()
        ticket = wechat.create_qrcode(order.request)
        bulk.record_issued(session, order, ticket, at=NOON)
        session.commit()
    session.commit()


def test_run_begins_with_channels_and_pending_codes(
    session: Session, account: Account
) -> None:
    run = start(session, account, "a,g,t,ann@example.com,shop\nb,,,,,30")

    codes = session.scalars(select(QRCode).order_by(QRCode.id)).all()
    assert [code.state for code in codes] == [QRCodeState.PENDING] * 2
    assert [code.channel.name for code in codes] == ["a", "b"]
    assert codes[0].scene == "shop"
    assert (codes[1].lifetime, codes[1].expire_seconds) == (Lifetime.TEMPORARY, 2592000)
    assert bulk.progress(session, run) == Progress(pending=2)


def test_run_with_a_name_taken_meanwhile_writes_nothing(
    session: Session, account: Account
) -> None:
    rows = checked(session, account, "a\nb\nc")
    factories.channel(session, "b")

    with pytest.raises(ChannelNameTakenError):
        bulk.start_run(session, account, None, rows, at=NOON)
    session.rollback()

    assert session.scalars(select(Channel.name)).all() == ["b"]
    assert session.scalar(select(func.count(BulkRun.id))) == 0


def test_three_hundred_rows_are_issued_each_once(
    session: Session,
    account: Account,
    wechat: WeChatClient,
    wire: responses.RequestsMock,
) -> None:
    wire.add_callback("POST", CREATE, ticket_for)
    run_id = start(session, account, "\n".join(f"shop {n}" for n in range(300))).id

    drive(session, wechat, run_id)

    run = bulk.get_run(session, account, run_id)
    assert bulk.progress(session, run) == Progress(done=300)
    assert run.finished_at == NOON
    assert run.leased_until is None
    assert len(wire.calls) == 301
    codes = session.scalars(select(QRCode)).all()
    assert all(code.ticket == f"T-{code.scene}" for code in codes)


def test_run_killed_in_the_middle_goes_on_where_it_stopped(
    session: Session,
    account: Account,
    wechat: WeChatClient,
    wire: responses.RequestsMock,
) -> None:
    scenes: list[str] = []

    def fail_at_the_fourth(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        answer = ticket_for(request)
        scenes.append(json.loads(answer[2])["ticket"])
        if len(scenes) == 4:
            raise NetworkError
        return answer

    wire.add_callback("POST", CREATE, fail_at_the_fourth)
    run_id = start(session, account, "\n".join(f"shop {n}" for n in range(10))).id
    with pytest.raises(WeChatUnavailableError):
        drive(session, wechat, run_id)
    session.rollback()
    assert bulk.progress(session, bulk.get_run(session, account, run_id)) == Progress(
        pending=7, done=3
    )
    session.commit()

    drive(session, wechat, run_id)

    run = bulk.get_run(session, account, run_id)
    assert bulk.progress(session, run) == Progress(done=10)
    assert len(scenes) == 11
    assert len(set(scenes)) == 10
    assert scenes[3] == scenes[4]
    assert session.scalar(select(func.count(Channel.id))) == 10


def test_refused_row_is_set_aside_and_can_be_tried_again(
    session: Session,
    account: Account,
    wechat: WeChatClient,
    wire: responses.RequestsMock,
) -> None:
    wire.add_callback("POST", CREATE, ticket_for)
    run_id = start(session, account, "a\nb").id
    order = bulk.next_order(session, run_id, now=NOON)
    assert order
    bulk.record_refused(session, order, refusal(40053, "no " + "x" * 400))
    session.commit()
    drive(session, wechat, run_id)
    run = bulk.get_run(session, account, run_id)
    assert bulk.progress(session, run) == Progress(done=1, refused=1)
    [row] = bulk.list_rows(session, run, BulkRowState.REFUSED)
    assert (row.errcode, len(row.error)) == (40053, 255)

    bulk.try_again(session, run, at=NOON)
    session.commit()
    drive(session, wechat, run_id)

    run = bulk.get_run(session, account, run_id)
    assert bulk.progress(session, run) == Progress(done=2)
    [row] = [row for row in bulk.list_rows(session, run) if row.position == 0]
    assert (row.errcode, row.error) == (None, "")


def test_run_has_one_driver_at_a_time(session: Session, account: Account) -> None:
    run = start(session, account, "a")

    first = bulk.take_lease(session, run, now=NOON)
    second = bulk.take_lease(session, run, now=NOON + timedelta(seconds=44))
    after_a_crash = bulk.take_lease(session, run, now=NOON + timedelta(seconds=45))
    bulk.release_lease(session, run.id)
    after_release = bulk.take_lease(session, run, now=NOON)

    assert (first, second, after_a_crash, after_release) == (True, False, True, True)


def test_numbers_as_scenes_are_asked_for_as_numbers(
    session: Session, account: Account
) -> None:
    del account
    code = factories.qrcode(session, "4711", scene_type="int")

    assert bulk.request_of(code).scene == 4711


def test_unfinished_runs_are_listed_first(session: Session, account: Account) -> None:
    runs = [start(session, account, name) for name in ("a", "b", "c")]
    runs[2].finished_at = NOON
    session.commit()

    found = bulk.list_runs(session, account, limit=2)

    assert found == [runs[1], runs[0]]


def test_another_accounts_run_does_not_exist(
    session: Session, account: Account
) -> None:
    other = factories.account(session, "other")
    run = start(session, other, "a")

    with pytest.raises(NotFoundError):
        bulk.get_run(session, account, run.id)
    with pytest.raises(NotFoundError):
        bulk.get_run(session, account, 2**63)


def test_rows_are_listed_in_order_with_their_channels(
    session: Session, account: Account
) -> None:
    run = start(session, account, "a\nb\nc")

    rows = bulk.list_rows(session, run)
    newest = bulk.list_rows(session, run, BulkRowState.PENDING, limit=1, newest=True)

    assert [row.qrcode.channel.name for row in rows] == ["a", "b", "c"]
    assert [row.qrcode.channel.name for row in newest] == ["c"]
    assert session.scalar(select(func.count(BulkRow.id))) == 3


def test_archived_names_are_free_for_a_run(session: Session, account: Account) -> None:
    old = factories.channel(session, "a")
    channels.archive_channel(old, at=NOON)
    session.commit()

    assert bulk.progress(session, start(session, account, "a")).total == 1
