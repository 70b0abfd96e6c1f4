"""Channels through the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.api.conftest import Program, channel_of, problem_of
from wxchannels.models import AuditEntry, Channel


def test_channel_needs_only_a_name(program: Program) -> None:
    answer = program.post("/channels", name="Counter")

    channel = answer.get_json()
    assert answer.status_code == 201
    created_at = datetime.fromisoformat(channel.pop("created_at"))
    assert created_at.tzinfo == UTC
    assert channel == {
        "id": channel["id"],
        "name": "Counter",
        "group": None,
        "tags": [],
        "owner": None,
        "remark": "",
        "tag_in_wechat": None,
        "state": "active",
        "reply_new": None,
        "reply_returning": None,
        "reply_following": None,
    }


def test_channel_keeps_all_that_is_said_of_it(program: Program) -> None:
    news = {"kind": "news", "articles": [{"title": "T", "url": "https://example.com"}]}

    channel = channel_of(
        program,
        name="静安寺店",
        group="华东/上海",
        tags=["门店", "A"],
        owner="Ann@Example.com",
        remark="at the door",
        tag_in_wechat=" 到店 ",
        reply_new="你好",
        reply_returning={"kind": "text", "content": "欢迎回来"},
        reply_following=news,
    )

    assert channel == program.get(f"/channels/{channel['id']}").get_json()
    assert channel["name"] == "静安寺店"
    assert channel["group"] == "华东/上海"
    assert sorted(channel["tags"]) == ["A", "门店"]
    assert channel["owner"] == "ann@example.com"
    assert channel["remark"] == "at the door"
    assert channel["tag_in_wechat"] == "到店"
    assert channel["reply_new"] == "你好"
    assert channel["reply_returning"] == "欢迎回来"
    assert channel["reply_following"]["kind"] == "news"
    assert channel["reply_following"]["articles"][0]["title"] == "T"


def test_taken_name_is_a_conflict(program: Program) -> None:
    channel_of(program, name="Counter")

    answer = program.post("/channels", name="Counter")

    sentence = "There is already a channel called “Counter”."
    assert answer.status_code == 409
    assert problem_of(answer) == {
        "code": 409,
        "status": "Conflict",
        "message": sentence,
        "errors": {"name": [sentence]},
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 65),
        ("name", "two\nlines"),
        ("name", "nul\0"),
        ("name", None),
        ("name", 7),
        ("name", ["Counter"]),
        ("group", 7),
        ("group", "a/" * 7),
        ("group", "x" * 65),
        ("tags", "A"),
        ("tags", [7]),
        ("tags", ["x" * 33]),
        ("tags", [str(n) for n in range(21)]),
        ("owner", "nobody"),
        ("owner", True),
        ("owner", "nul\0@example.com"),
        ("remark", "x" * 501),
        ("reply_new", 7),
        ("reply_new", True),
        ("reply_new", ["Hello"]),
        ("reply_new", {}),
        ("reply_new", {"kind": "poem"}),
        ("reply_new", {"kind": "text", "content": 7}),
        ("reply_new", {"kind": "text", "content": "x", "more": "y"}),
        ("reply_new", "字" * 700),
        ("state", "archived"),
        ("id", 7),
        ("account_id", 7),
        ("created_at", "2026-03-02T04:00:00Z"),
    ],
)
def test_bad_field_is_refused_by_name(
    program: Program, session: Session, field: str, value: object
) -> None:
    body: dict[str, Any] = {"name": "Counter", field: value}

    answer = program.post("/channels", **body)

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]
    assert session.scalars(select(Channel)).all() == []


PAGE = {"title": "t", "url": "https://e.example"}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("a\x01", "content: This reply holds characters that WeChat cannot show."),
        ("{shop}", "content: There is no {shop} here."),
        ({"kind": "image", "media_id": " "}, "media_id: Fill this in"),
        (
            {"kind": "news", "articles": [{**PAGE, "url": "ftp://e.example"}]},
            "articles.0.url: An address in a reply begins with http://",
        ),
        ({"kind": "news", "articles": [PAGE, PAGE]}, "articles: A reply has one"),
    ],
)
def test_reply_that_wechat_cannot_show_is_refused_with_the_part_that_is_wrong(
    program: Program, session: Session, reply: object, said: str
) -> None:
    answer = program.post("/channels", name="Counter", reply_new=reply)

    assert answer.status_code == 422
    [sentence] = problem_of(answer)["errors"]["reply_new"]
    assert sentence.startswith(said)
    assert session.scalars(select(Channel)).all() == []


def test_script_in_a_name_comes_back_as_it_is_and_as_json(program: Program) -> None:
    channel = channel_of(program, name="<script>alert(1)</script>")

    answer = program.get(f"/channels/{channel['id']}")

    assert answer.content_type == "application/json"
    assert answer.get_json()["name"] == "<script>alert(1)</script>"


def test_patch_changes_what_it_names_and_null_clears(program: Program) -> None:
    channel = channel_of(
        program, group="East", tags=["A"], owner="a@b.cn", remark="r", reply_new="hi"
    )
    address = f"/channels/{channel['id']}"

    renamed = program.patch(address, name="Poster")
    cleared = program.patch(
        address, group=None, tags=None, owner=None, remark=None, reply_new=None
    )

    assert renamed.status_code == cleared.status_code == 200
    assert renamed.get_json() == {**channel, "name": "Poster"}
    changed = {**channel, "name": "Poster", "tags": [], "remark": ""}
    nulls = dict.fromkeys(["group", "owner", "reply_new"])
    assert cleared.get_json() == {**changed, **nulls}


def test_patch_without_fields_changes_nothing(program: Program) -> None:
    channel = channel_of(program)

    answer = program.patch(f"/channels/{channel['id']}")

    assert (answer.status_code, answer.get_json()) == (200, channel)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Poster"}, 409),
        ({"name": None}, 422),
        ({"name": ""}, 422),
        ({"state": "disabled"}, 422),
        ({"account_id": 2}, 422),
    ],
)
def test_bad_change_leaves_the_channel_as_it_was(
    program: Program, body: dict[str, object], status: int
) -> None:
    channel_of(program, name="Poster")
    channel = channel_of(program, name="Counter", remark="r")
    address = f"/channels/{channel['id']}"

    answer = program.patch(address, **{"remark": "changed", **body})

    assert answer.status_code == status
    assert list(problem_of(answer)["errors"]) == list(body)
    assert program.get(address).get_json() == channel


def test_archived_channel_frees_its_name_and_stays_readable(program: Program) -> None:
    channel = channel_of(program, name="Counter")
    address = f"/channels/{channel['id']}"

    answer = program.post(f"{address}/archive")
    again = program.post(f"{address}/archive")

    assert answer.status_code == again.status_code == 200
    assert answer.get_json() == {**channel, "state": "archived"}
    assert program.get(address).get_json()["state"] == "archived"
    assert channel_of(program, name="Counter")["id"] != channel["id"]


def test_list_is_searched_filtered_and_sorted(program: Program) -> None:
    jingan = channel_of(program, name="静安寺店", group="华东/上海", tags=["门店"])
    poster = channel_of(program, name="Poster", group="华东", owner="ann@b.cn")
    online = channel_of(program, name="Online")
    old = channel_of(program, name="Archived")
    program.post(f"/channels/{old['id']}/archive")

    def ids(**query: object) -> list[int]:
        answer = program.get("/channels", **query)
        assert answer.status_code == 200, answer.get_json()
        return [item["id"] for item in answer.get_json()["items"]]

    jingan, poster, online, old = (
        channel["id"] for channel in (jingan, poster, online, old)
    )
    assert ids() == [online, poster, jingan]
    assert ids(sort="created_at") == [jingan, poster, online]
    assert ids(sort="-name")[0] == poster
    assert ids(search="jas") == [jingan]
    assert ids(search="ann@") == [poster]
    assert ids(search="%") == []
    assert ids(group="华东", sort="name") == [jingan, poster]
    assert ids(group="华东/上海") == ids(group="华东／／上海/") == [jingan]
    assert ids(group="/") == [online]
    assert ids(tag="门店") == [jingan]
    assert ids(state="archived") == [old]
    assert ids(state="active", search="poster") == [poster]


def test_pages_follow_each_other_and_end(program: Program) -> None:
    opened = [channel_of(program, name=str(number))["id"] for number in range(3)]

    pages = [
        program.get("/channels", page=page, page_size=2, sort="created_at").get_json()
        for page in (1, 2, 3)
    ]

    assert [[item["id"] for item in page["items"]] for page in pages] == [
        opened[:2],
        opened[2:],
        [],
    ]
    assert [page["page"] for page in pages] == [1, 2, 3]
    assert {(page["page_size"], page["total"]) for page in pages} == {(2, 3)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "1.5"),
        ("page", "true"),
        ("page", "NaN"),
        ("page", "９"),
        ("page", str(2**63)),
        ("page", ""),
        ("page_size", "0"),
        ("page_size", "101"),
        ("page_size", "1000000000000"),
        ("sort", "id; DROP TABLE channel"),
        ("sort", "pinyin"),
        ("sort", ""),
        ("state", "lost"),
        ("account_id", "2"),
        ("Sort", "name"),
    ],
)
def test_unsafe_filter_is_refused_by_name(
    program: Program, field: str, value: str
) -> None:
    answer = program.get("/channels", **{field: value})

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]


@pytest.mark.parametrize("search", ["\1", "'", '"', "\\", "a" * 5000, "' OR 1=1 --"])
def test_any_search_is_only_a_search(program: Program, search: str) -> None:
    channel_of(program)

    answer = program.get("/channels", search=search, group=search, tag=search)

    assert answer.status_code == 200
    assert answer.get_json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/channels/{id}", {}),
        ("PATCH", "/channels/{id}", {"remark": "x"}),
        ("POST", "/channels/{id}/archive", {}),
        ("POST", "/channels/{id}/qrcodes", {"lifetime": "permanent"}),
    ],
)
@pytest.mark.parametrize("number", ["own", "0", "2147483648", "9" * 30])
def test_foreign_and_unknown_channels_do_not_exist(
    program: Program,
    foreign: Program,
    method: str,
    path: str,
    body: dict[str, str],
    number: str,
) -> None:
    channel = channel_of(program)
    number = str(channel["id"]) if number == "own" else number

    answer = foreign.open(
        path.format(id=number),
        method=method,
        json=body,
        headers=foreign.headers,
    )

    assert answer.status_code == 404
    problem_of(answer)
    assert program.get(f"/channels/{channel['id']}").get_json() == channel


def test_foreign_channels_are_not_listed(program: Program, foreign: Program) -> None:
    channel_of(program)

    answer = foreign.get("/channels")

    assert answer.get_json() == {"items": [], "page": 1, "page_size": 50, "total": 0}


def test_changes_are_written_into_the_audit_log(
    program: Program, session: Session
) -> None:
    channel = channel_of(program)
    program.patch(f"/channels/{channel['id']}", remark="x")
    program.post(f"/channels/{channel['id']}/archive")

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    actions = ["channel.open", "channel.edit", "channel.archive"]
    assert [entry.action for entry in entries] == actions
    assert {entry.subject_id for entry in entries} == {channel["id"]}
    assert {entry.actor for entry in entries} == {"API key Program"}
