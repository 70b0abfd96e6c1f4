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
    BadLifetimeError,
    CheckedRow,
    RepeatedNameError,
    RepeatedSceneError,
    check_rows,
)
from wxchannels.channels.fields import (
    BadChannelNameError,
    BadOwnerError,
    BadTagsError,
)
from wxchannels.channels.groups import BadGroupPathError
from wxchannels.channels.paste import (
    EmptyPasteError,
    TooManyLinesError,
    UnreadableLinesError,
    decode_table,
    read_rows,
    write_rows,
)
from wxchannels.channels.qrcodes import SceneTakenError
from wxchannels.channels.scenes import ReservedSceneError
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


# Reading


def test_names_alone_are_enough() -> None:
    rows = read_rows("静安寺店\n\n  徐家汇店  \n")

    assert [(row.line, row.cells["name"]) for row in rows] == [
        (1, "静安寺店"),
        (2, "徐家汇店"),
    ]


def test_columns_come_in_our_order_without_a_header() -> None:
    [row] = read_rows('a,华东/上海,"x,y",ann@example.com,shop-1,30天')

    assert row.cells == {
        "name": "a",
        "group": "华东/上海",
        "tags": "x,y",
        "owner": "ann@example.com",
        "scene": "shop-1",
        "lifetime": "30天",
    }


def test_header_names_the_columns_in_any_order() -> None:
    [row] = read_rows("场景值\t备注\t名称\nshop-1\tignored\ta\n")

    assert (row.line, row.cells["name"], row.cells["scene"]) == (1, "a", "shop-1")


def test_what_was_read_can_be_written_and_read_again() -> None:
    rows = read_rows('"a ""quoted"" name",g,"x,y"\nb')

    again = read_rows(write_rows(rows))

    assert [row.cells for row in again] == [row.cells for row in rows]


@pytest.mark.parametrize("text", ["", " \n\t\n", "名称\n"])
def test_paste_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(EmptyPasteError):
        read_rows(text)


def test_paste_has_an_end() -> None:
    assert len(read_rows("a\n" * 1000)) == 1000
    with pytest.raises(TooManyLinesError):
        read_rows("a\n" * 1001)


def test_cell_that_never_ends_is_refused() -> None:
    with pytest.raises(UnreadableLinesError):
        read_rows("x" * 200_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_file_is_read_whichever_way_it_was_saved(encoding: str) -> None:
    assert decode_table("名称\n静安寺店".encode(encoding)) == "名称\n静安寺店"


@pytest.mark.parametrize("content", [b"\xff\xfea", b"PK\x03\x04\xff\xff\xff"])
def test_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableLinesError):
        decode_table(content)


# Checking


def test_errors_are_found_row_by_row(session: Session, account: Account) -> None:
    factories.qrcode(session, "taken", of=factories.channel(session, "Counter"))
    text = "\n".join(
        [
            "good,a/b,t,ann@example.com,fine,30 days",
            ",a",
            "Counter",
            "again",
            "again",
            f"long group,{'x' * 65}",
            f"bad tag,,{'x' * 33}",
            "bad owner,,,nobody",
            "bad scene,,,,qrscene_x",
            "taken scene,,,,taken",
            "own scene,,,,fine",
            "bad life,,,,,45天",
            ",,,nobody,,never",
        ]
    )

    rows = checked(session, account, text)

    found = [{c: type(e) for c, e in row.errors.items()} for row in rows]
    assert found == [
        {},
        {"name": BadChannelNameError},
        {"name": ChannelNameTakenError},
        {},
        {"name": RepeatedNameError},
        {"group": BadGroupPathError},
        {"tags": BadTagsError},
        {"owner": BadOwnerError},
        {"scene": ReservedSceneError},
        {"scene": SceneTakenError},
        {"scene": RepeatedSceneError},
        {"lifetime": BadLifetimeError},
        {
            "name": BadChannelNameError,
            "owner": BadOwnerError,
            "lifetime": BadLifetimeError,
        },
    ]
    assert rows[4].errors["name"].params == {"line": 4}


def test_check_writes_nothing(session: Session, account: Account) -> None:
    checked(session, account, "a,b\nc,d")
    session.commit()

    assert session.scalar(select(func.count(Channel.id))) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("永久", None),
        ("Permanent", None),
        ("30", 2592000),
        ("1天", 86400),
        ("7 days", 604800),
    ],
)
def test_lifetime_is_for_ever_or_days(
    session: Session, account: Account, text: str, seconds: int | None
) -> None:
    [row] = checked(session, account, f"a,,,,,{text}")

    assert row.values["lifetime"] == seconds


@pytest.mark.parametrize("text", ["0", "31", "45天", "-1", "1.5", "abc", "99999999999"])
def test_other_lifetimes_are_refused(
    session: Session, account: Account, text: str
) -> None:
    [row] = checked(session, account, f"a,,,,,{text}")

    assert set(row.errors) == {"lifetime"}


# Running


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

    bulk.try_again(session, run)
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
