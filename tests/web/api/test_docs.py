"""The examples of docs/api.md, asked in the order in which they are written."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import responses
from sqlalchemy.orm import Session

from tests import factories
from tests.web.api.conftest import TICKET, URL, WECHAT, Program
from tests.web.api.test_openapi import ENDPOINTS
from wxchannels import clock
from wxchannels.models import Account

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


@dataclass
class Example:
    """A documented request."""

    method: str
    path: str
    body: str | None


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def _examples() -> list[Example]:
    shell = "\n".join(
        re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    )
    commands = re.split(r"^(?=curl |export )", shell, flags=re.MULTILINE)
    return [_read(command) for command in commands if command.startswith("curl ")]


def _read(command: str) -> Example:
    words = iter(shlex.split(command)[1:])
    method, path, body = "", "", None
    for word in words:
        match word:
            case "-H":
                assert next(words) == "Authorization: Bearer $KEY"
            case "-X":
                method = next(words)
            case "-o":
                next(words)
            case "--json":
                body = next(words)
            case _:
                path = word.removeprefix("$API")
    return Example(method or ("POST" if body else "GET"), path, body)


def test_examples_work_as_they_are_written(
    program: Program,
    session: Session,
    account: Account,
    wechat: responses.RequestsMock,
) -> None:
    wechat.post(f"{WECHAT}/qrcode/create", json={"ticket": TICKET, "url": URL})
    account.return_addresses = ["https://shop.example.com"]
    factories.authorization(session, account, "TICKET", at=clock.utcnow())

    for example in _examples():
        kind = {"Content-Type": "application/json"} if example.body else {}
        answer = program.open(
            example.path,
            method=example.method,
            data=example.body and example.body.encode(),
            headers={**program.headers, **kind},
        )

        assert answer.status_code in {200, 201}, (example, answer.get_json())


def test_every_endpoint_has_an_example() -> None:
    shown = {
        (example.method, re.sub(r"\d+", "{}", example.path.partition("?")[0]))
        for example in _examples()
    }

    assert shown == {
        (method, re.sub(r"{\w+}", "{}", path)) for method, path in ENDPOINTS
    }


def test_json_of_the_page_can_be_read() -> None:
    blocks = _blocks("json")

    assert len(blocks) == 8
    assert all(isinstance(json.loads(block), dict) for block in blocks)
