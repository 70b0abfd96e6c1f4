"""What the API answers to what it cannot read or does not have."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.web.api.conftest import Program, channel_of, problem_of
from wxchannels.extensions import db


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"name=Counter",
        b'{"name": "Counter"',
        b"{'name': 'Counter'}",
        b'{"name": NaN}',
        b'{"name": "A", "remark": Infinity}',
        b'{"name": "\xff"}',
        b'\xff\xfe{\x00"\x00',
        b'{"name": "\\ud800"}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 30_000,
    ],
    ids=repr,
)
def test_body_that_is_no_json_is_refused(program: Program, body: bytes) -> None:
    answer = program.send("POST", "/channels", body)

    assert answer.status_code == 400
    assert problem_of(answer)["message"] == "The body is not JSON that can be read."


@pytest.mark.parametrize("body", [b"[]", b'"Counter"', b"7", b"null", b"true"])
def test_body_that_is_no_object_is_refused(program: Program, body: bytes) -> None:
    answer = program.send("POST", "/channels", body)

    assert answer.status_code == 422
    assert problem_of(answer)["message"] == "The body must be a JSON object."


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": ""},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Type": "application/xml"},
        {"Content_Encoding": "gzip"},
    ],
    ids=repr,
)
def test_body_of_another_kind_is_refused(
    program: Program, headers: dict[str, str]
) -> None:
    answer = program.send("POST", "/channels", b'{"name": "Counter"}', **headers)

    assert answer.status_code == 415
    problem_of(answer)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 64 * 1024 + 2, 3 * 1024 * 1024])
def test_body_that_is_too_large_is_refused(program: Program, size: int) -> None:
    body = b'{"name": "Counter"}'.ljust(size)

    answer = program.send("POST", "/channels", body)

    assert answer.status_code == 413
    problem_of(answer)


def test_largest_body_is_read(program: Program) -> None:
    body = b'{"name": "Counter"}'.ljust(64 * 1024)

    assert program.send("POST", "/channels", body).status_code == 201


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1", "/api/v1/nothing", "/api/v2/channels", "/api/v1/members"],
)
def test_unknown_address_is_a_404_in_json(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.content_type == "application/json"
    assert problem_of(answer)["status"] == "Not Found"


@pytest.mark.parametrize("path", ["/channels/x", "/channels/-1", "/channels/1.0"])
def test_number_that_is_none_is_a_404(program: Program, path: str) -> None:
    answer = program.get(path)

    assert answer.status_code == 404
    problem_of(answer)


def test_wrong_method_names_the_right_ones(program: Program) -> None:
    answer = program.send("DELETE", "/channels", b"")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
    }
    problem_of(answer)


def test_several_fields_are_named_at_once(program: Program) -> None:
    answer = program.post("/channels", tags=[1, 2], more="x")

    assert answer.status_code == 422
    assert problem_of(answer)["errors"] == {
        "name": ["Missing data for required field."],
        "tags": ["Not a valid string."],
        "more": ["Unknown field."],
    }


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        ("/channels?page=1&page=2", "page", "Give this once."),
        ("/bindings/1?x=1", "x", "Unknown field."),
        ("/qrcodes/1?x=1", "x", "Unknown field."),
        ("/qrcodes/1/image.png?size=9", "size", "Unknown field."),
    ],
)
def test_filter_that_means_nothing_is_refused(
    program: Program, path: str, query: str, sentence: str
) -> None:
    answer = program.open(path, headers=program.headers)

    assert answer.status_code == 422
    assert problem_of(answer)["errors"] == {query: [sentence]}


def test_what_takes_no_body_refuses_one(program: Program) -> None:
    address = f"/channels/{channel_of(program)['id']}"

    refused = program.post(f"{address}/archive", foo=1)
    sideways = program.post(f"{address}/archive?foo=1")
    state = program.get(address).get_json()["state"]
    empty = program.post(f"{address}/archive")

    assert problem_of(refused)["errors"] == {"foo": ["Unknown field."]}
    assert problem_of(sideways)["errors"] == {"foo": ["Unknown field."]}
    assert (state, empty.status_code) == ("active", 200)


def test_sentences_come_in_the_readers_language(program: Program) -> None:
    english = program.send("POST", "/channels", b"{")
    chinese = program.send("POST", "/channels", b"{", Accept_Language="zh-CN")

    assert english.get_json()["message"] == "The body is not JSON that can be read."
    assert chinese.get_json()["message"] == "请求正文不是可以读取的 JSON。"


def test_database_that_is_gone_is_unavailable(app: Flask, program: Program) -> None:
    del app
    engine = db.engine

    @event.listens_for(engine, "do_execute")
    def lose_connection(*_: object) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("secret details")

    answer = program.get("/channels")

    event.remove(engine, "do_execute", lose_connection)
    assert answer.status_code == 503
    assert "secret" not in answer.text
    problem_of(answer)


def test_mistake_of_ours_shows_no_trace(
    app: Flask, program: Program, session: Session
) -> None:
    channel = channel_of(program, reply_new="hello")
    session.execute(text("UPDATE channel SET reply_new = '5'"))
    session.commit()
    app.testing = False

    answer = program.get(f"/channels/{channel['id']}")

    assert answer.status_code == 500
    assert problem_of(answer)["message"].startswith("The mistake is ours")
    assert "Traceback" not in answer.text
