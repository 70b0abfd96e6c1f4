"""Pasted tables: read and checked, before anything is made."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
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
    SurplusCellsError,
    TooManyLinesError,
    UnreadableLinesError,
    decode_table,
    read_rows,
    write_rows,
)
from wxchannels.channels.qrcodes import SceneTakenError
from wxchannels.channels.scenes import ReservedSceneError
from wxchannels.models import (
    Account,
    Channel,
)


def checked(session: Session, account: Account, text: str) -> list[CheckedRow]:
    return check_rows(session, account, read_rows(text))


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


def test_every_line_has_its_own_separator() -> None:
    rows = read_rows('a\tg\nb,h,"x,\ny"\nc')

    cells = [[row.cells[c] for c in ("name", "group", "tags")] for row in rows]
    assert cells == [["a", "g", ""], ["b", "h", "x,\ny"], ["c", "", ""]]


@pytest.mark.parametrize("separator", [",", "\t"])
def test_cells_beyond_the_columns_are_not_lost(
    session: Session, account: Account, separator: str
) -> None:
    line = separator.join(["a", "g", "t", "x@example.com", "s", "永久", "more", ""])

    [row] = checked(session, account, line)

    assert row.row.cells["lifetime"] == "永久,more"
    assert set(row.errors) == {"lifetime"}


def test_header_names_the_columns_in_any_order() -> None:
    [row] = read_rows("场景值\t备注\t名称\nshop-1\tignored\ta\n")

    assert (row.line, row.cells["name"], row.cells["scene"]) == (1, "a", "shop-1")


def test_cells_beyond_the_named_columns_are_refused() -> None:
    read_rows("name,group\na,g,,")
    with pytest.raises(SurplusCellsError) as refused:
        read_rows("name,group\na,g\nb,g,remark")

    assert refused.value.params == {"line": 2}


def test_commas_are_text_under_a_header_with_tabs() -> None:
    rows = read_rows("\nname\tgroup\nTea, Coffee\tEast\nMilk, Sugar")

    cells = [(row.cells["name"], row.cells["group"]) for row in rows]
    assert cells == [("Tea, Coffee", "East"), ("Milk, Sugar", "")]


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
