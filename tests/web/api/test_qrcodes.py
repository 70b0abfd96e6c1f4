"""QR codes through the API: WeChat is asked over a stubbed wire."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.web.api.conftest import (
    TICKET,
    URL,
    WECHAT,
    Program,
    channel_of,
    problem_of,
)
from wxchannels import clock
from wxchannels.database import open_engine
from wxchannels.models import Account, Lifetime, QRCode, QRCodeState

CREATE = f"{WECHAT}/qrcode/create"
PERMANENT = {"lifetime": "permanent"}


@pytest.fixture
def address(program: Program) -> str:
    """Return where codes of a new channel are made."""
    return f"/channels/{channel_of(program)['id']}/qrcodes"


def _grant(wechat: responses.RequestsMock, **more: object) -> None:
    wechat.post(CREATE, json={"ticket": TICKET, "url": URL, **more})


def _asked(wechat: responses.RequestsMock) -> list[dict[str, Any]]:
    calls = [call.request for call in wechat.calls]
    bodies = [call.body for call in calls if "qrcode/create" in str(call.url)]
    return [json.loads(body or b"") for body in bodies]


@pytest.mark.parametrize(
    ("body", "asked", "scene_type"),
    [
        (
            {"lifetime": "permanent", "scene": "shop_7"},
            {
                "action_name": "QR_LIMIT_STR_SCENE",
                "action_info": {"scene": {"scene_str": "shop_7"}},
            },
            "str",
        ),
        (
            {"lifetime": "permanent", "scene": 4711},
            {
                "action_name": "QR_LIMIT_SCENE",
                "action_info": {"scene": {"scene_id": 4711}},
            },
            "int",
        ),
        (
            {"lifetime": "temporary", "scene": "shop_7", "expire_seconds": 600},
            {
                "expire_seconds": 600,
                "action_name": "QR_STR_SCENE",
                "action_info": {"scene": {"scene_str": "shop_7"}},
            },
            "str",
        ),
        (
            {"lifetime": "temporary", "scene": 2**32 - 1, "expire_seconds": 600},
            {
                "expire_seconds": 600,
                "action_name": "QR_SCENE",
                "action_info": {"scene": {"scene_id": 4294967295}},
            },
            "int",
        ),
    ],
    ids=["permanent text", "permanent number", "temporary text", "temporary number"],
)
def test_every_kind_of_code_is_made(
    program: Program,
    address: str,
    wechat: responses.RequestsMock,
    body: dict[str, Any],
    asked: dict[str, Any],
    scene_type: str,
) -> None:
    temporary = body["lifetime"] == "temporary"
    _grant(wechat, **({"expire_seconds": 600} if temporary else {}))

    answer = program.post(address, **body)

    code = answer.get_json()
    assert answer.status_code == 201, code
    assert _asked(wechat) == [asked]
    assert code == program.get(f"/qrcodes/{code['id']}").get_json()
    assert code["issued_at"].endswith("Z")
    assert bool(code.pop("expires_at")) is temporary
    assert code == {
        "id": code["id"],
        "channel_id": int(address.split("/")[2]),
        "scene": body["scene"],
        "scene_type": scene_type,
        "lifetime": body["lifetime"],
        "ticket": TICKET,
        "url": URL,
        "state": "active",
        "issued_at": code["issued_at"],
    }


def test_scene_that_is_not_given_is_made_up(
    program: Program, address: str, wechat: responses.RequestsMock
) -> None:
    _grant(wechat)

    scenes = [program.post(address, **PERMANENT).get_json()["scene"] for _ in "ab"]

    assert len(set(scenes)) == 2
    for scene in scenes:
        assert len(scene) == 10
        assert set(scene) <= set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scene", ""),
        ("scene", 0),
        ("scene", -1),
        ("scene", True),
        ("scene", 7.0),
        ("scene", 100001),
        ("scene", 2**63),
        ("scene", "x" * 65),
        ("scene", "a b"),
        ("scene", "场景"),
        ("scene", "qrscene_7"),
        ("scene", ["a"]),
        ("scene", {"a": 1}),
        ("lifetime", "forever"),
        ("lifetime", None),
        ("lifetime", 1),
        ("expire_seconds", 600),
        ("ticket", "T"),
        ("account_id", 7),
    ],
)
def test_bad_permanent_code_is_refused_before_wechat_is_asked(
    program: Program,
    address: str,
    wechat: responses.RequestsMock,
    field: str,
    value: object,
) -> None:
    body: dict[str, object] = {"lifetime": "permanent", field: value}

    answer = program.post(address, **body)

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]
    assert len(wechat.calls) == 0


@pytest.mark.parametrize(
    "seconds", [0, -1, 2592001, 2**63, True, 600.5, "600", None], ids=repr
)
def test_bad_validity_is_refused_before_wechat_is_asked(
    program: Program, address: str, wechat: responses.RequestsMock, seconds: object
) -> None:
    answer = program.post(address, lifetime="temporary", expire_seconds=seconds)

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == ["expire_seconds"]
    assert len(wechat.calls) == 0


def test_permanent_code_is_told_that_it_never_ends(
    program: Program, address: str
) -> None:
    answer = program.post(address, **PERMANENT, expire_seconds=60)

    assert problem_of(answer)["errors"] == {
        "expire_seconds": ["A permanent code never ends: leave out “expire_seconds”."]
    }


def test_scene_is_taken_whether_a_number_or_a_text(
    program: Program, address: str, wechat: responses.RequestsMock
) -> None:
    _grant(wechat)
    program.post(address, lifetime="permanent", scene=4711)

    answer = program.post(address, lifetime="permanent", scene="4711")

    assert answer.status_code == 409
    assert list(problem_of(answer)["errors"]) == ["scene"]
    assert len(_asked(wechat)) == 1


@pytest.mark.parametrize(
    ("errcode", "errmsg", "status", "what_to_do"),
    [
        (40013, "invalid appid", 503, "Copy it again"),
        (40125, "invalid appsecret", 503, "Reset it"),
        (40164, "invalid ip 203.0.113.7, not in whitelist", 503, "203.0.113.7"),
        (45009, "reach max api daily quota limit", 429, "after midnight"),
        (45011, "api minute-quota reach limit", 429, "Wait a minute"),
        (45029, "qrcode count out of limit", 422, "temporary code"),
        (40053, "invalid scene", 422, "Choose a shorter one"),
        (48001, "api unauthorized", 503, "verified service accounts"),
        (50002, "user limited", 503, "WeChat’s console"),
        (41001, "access_token missing", 503, "tell whoever runs this server"),
        (61450, "system error", 503, "system error"),
        (99999, "odd", 503, "the account’s health page"),
    ],
)
def test_wechats_refusal_says_what_to_do_and_leaves_no_code(
    program: Program,
    session: Session,
    address: str,
    wechat: responses.RequestsMock,
    errcode: int,
    errmsg: str,
    status: int,
    what_to_do: str,
) -> None:
    refusal = wechat.post(CREATE, json={"errcode": errcode, "errmsg": errmsg})

    answer = program.post(address, lifetime="permanent", scene="shop_7")

    assert answer.status_code == status
    message = problem_of(answer)["message"]
    assert str(errcode) in message
    assert what_to_do in message
    assert session.scalars(select(QRCode)).all() == []
    session.rollback()
    wechat.remove(refusal)
    _grant(wechat)
    again = program.post(address, lifetime="permanent", scene="shop_7")
    assert again.status_code == 201


@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>busy</html>"},
        {"body": '{"ticket": "T"'},
        {"json": {"ticket": "T"}},
        {"status": 502},
        {"json": {"errcode": -1, "errmsg": "system error"}},
        {"body": requests.ConnectionError("refused")},
        {"body": requests.ReadTimeout("slow")},
    ],
    ids=["html", "cut off", "no url", "502", "busy", "refused", "slow"],
)
def test_silent_wechat_is_unavailable_and_leaves_no_code(
    program: Program,
    session: Session,
    address: str,
    wechat: responses.RequestsMock,
    answer: dict[str, Any],
) -> None:
    wechat.post(CREATE, **answer)

    got = program.post(address, **PERMANENT)

    assert got.status_code == 503
    assert "Nothing was kept here" in problem_of(got)["message"]
    assert "Try again" in problem_of(got)["message"]
    assert session.scalars(select(QRCode)).all() == []


def test_wechat_is_asked_while_nothing_is_locked(
    app: Flask, program: Program, address: str, wechat: responses.RequestsMock
) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]

    def answer(_: object) -> tuple[int, dict[str, str], str]:
        engine = open_engine(url, pool_size=1)
        with engine.begin() as other:
            if engine.dialect.name == "sqlite":
                other.execute(text("PRAGMA busy_timeout=50"))
            other.execute(text("UPDATE channel SET remark = 'while waiting'"))
        engine.dispose()
        return 200, {}, json.dumps({"ticket": TICKET, "url": URL})

    wechat.add_callback(responses.POST, CREATE, callback=answer)

    made = program.post(address, **PERMANENT)

    assert made.status_code == 201
    assert program.get(address.removesuffix("/qrcodes")).get_json()["remark"]


def test_archived_channel_gets_no_new_code(
    program: Program, address: str, wechat: responses.RequestsMock
) -> None:
    program.post(f"{address.removesuffix('/qrcodes')}/archive")

    answer = program.post(address, **PERMANENT)

    assert answer.status_code == 409
    assert "archived" in problem_of(answer)["message"]
    assert len(wechat.calls) == 0


@pytest.mark.usefixtures("account")
def test_temporary_code_expires(program: Program, session: Session) -> None:
    ago = clock.utcnow() - timedelta(minutes=1)
    code = factories.qrcode(
        session, lifetime=Lifetime.TEMPORARY, expire_seconds=600, expires_at=ago
    )
    address = f"/qrcodes/{code.id}"
    session.rollback()

    answer = program.get(address)

    assert answer.get_json()["state"] == "expired"


@pytest.mark.usefixtures("account")
def test_picture_is_drawn_from_the_url(program: Program, session: Session) -> None:
    code = factories.qrcode(session)
    address = f"/qrcodes/{code.id}/image"
    session.rollback()

    png, svg = program.get(f"{address}.png"), program.get(f"{address}.svg")

    assert (png.status_code, png.mimetype) == (200, "image/png")
    assert png.data.startswith(b"\x89PNG\r\n")
    assert (svg.status_code, svg.mimetype) == (200, "image/svg+xml")
    assert b"<svg" in svg.data
    assert program.get(f"{address}.gif").status_code == 404


@pytest.mark.usefixtures("account")
def test_pending_code_has_no_picture(program: Program, session: Session) -> None:
    code = factories.qrcode(
        session, state=QRCodeState.PENDING, ticket=None, url=None, issued_at=None
    )
    address = f"/qrcodes/{code.id}"
    session.rollback()

    shown, picture = program.get(address), program.get(f"{address}/image.png")

    assert shown.get_json()["state"] == "pending"
    assert shown.get_json()["ticket"] is None
    assert picture.status_code == 409
    problem_of(picture)


@pytest.mark.parametrize("path", ["", "/image.png", "/image.svg"])
def test_foreign_and_unknown_codes_do_not_exist(
    program: Program, foreign: Program, session: Session, account: Account, path: str
) -> None:
    code = factories.qrcode(session, of=factories.channel(session, of=account))
    number = code.id
    session.rollback()

    answers = [
        foreign.get(f"/qrcodes/{number}{path}"),
        program.get(f"/qrcodes/{number + 1}{path}"),
        program.get(f"/qrcodes/{2**63}{path}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert program.get(f"/qrcodes/{number}{path}").status_code == 200
