"""Bindings through the API: WeChat on a stubbed wire, followers through the ledger."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import responses
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.members.site import Site
from tests.web.api.conftest import (
    TICKET,
    URL,
    WECHAT,
    Program,
    new_program,
    problem_of,
)
from wxchannels import clock
from wxchannels.database import transactions
from wxchannels.models import Account, AuditEntry, Binding, TemporaryCode

CREATE = f"{WECHAT}/qrcode/create"
Json = dict[str, Any]


@pytest.fixture
def site(session: Session, account: Account) -> Site:
    return Site(session, account, clock.utcnow())


@pytest.fixture
def wire(wechat: responses.RequestsMock) -> responses.RequestsMock:
    wechat.post(CREATE, json={"ticket": TICKET, "url": URL, "expire_seconds": 300})
    return wechat


def scene_asked_for(wire: responses.RequestsMock) -> str:
    bodies = [call.request.body for call in wire.calls if call.request.url]
    asked = json.loads(bodies[-1] or b"")
    assert asked["action_name"] == "QR_STR_SCENE"
    return str(asked["action_info"]["scene"]["scene_str"])


def act(site: Site, *says: str) -> None:
    """Let anna scan and type; the request before it may have left a transaction."""
    site.session.rollback()
    with transactions(write=True):
        for said in says:
            site.say(said)


def scan(site: Site, number: int, scene: str) -> None:
    site.session.rollback()
    site.scenes[number] = scene
    with transactions(write=True):
        site.scan(number)


def test_member_is_bound_step_by_step(
    program: Program, wire: responses.RequestsMock, site: Site
) -> None:
    answer = program.post("/bindings", member="anna@shop")
    made: Json = answer.get_json()
    address, number = f"/bindings/{made['id']}", made["id"]
    states = [made["state"]]
    scan(site, number, scene_asked_for(wire))
    states.append(program.get(address).get_json()["state"])
    act(site, made["code"])
    bound = program.get(address).get_json()

    assert answer.status_code == 201
    assert (made["url"], made["ticket"]) == (URL, TICKET)
    assert made["page_url"].startswith("http://localhost/bind/")
    assert [*states, bound["state"]] == ["pending", "scanned", "bound"]
    assert bound["bound_at"]
    assert bound["member"] == "anna@shop"
    assert set(bound) == set(made) - {"url", "ticket", "code", "page_url", "image_url"}


def test_scene_is_told_to_nobody(
    program: Program, wire: responses.RequestsMock
) -> None:
    made = program.post("/bindings", member="anna@shop")

    assert scene_asked_for(wire) not in made.get_data(as_text=True)


def test_code_lasts_as_long_as_asked_for(
    program: Program, wire: responses.RequestsMock
) -> None:
    del wire
    made = program.post("/bindings", member="anna", expire_seconds=120).get_json()

    lasts = [made["expires_at"], made["created_at"]]
    end, start = (datetime.fromisoformat(at) for at in lasts)
    assert end - start == timedelta(seconds=120)


def test_bound_member_is_a_conflict_until_unbound(
    program: Program, wire: responses.RequestsMock, site: Site
) -> None:
    del wire
    with transactions(write=True):
        number = site.bind("anna@shop")

    refused = program.post("/bindings", member="anna@shop")
    undone = [program.send("DELETE", f"/bindings/{number}", "") for _ in range(2)]
    again = program.post("/bindings", member="anna@shop")

    assert refused.status_code == 409
    assert "member" in problem_of(refused)["errors"]
    assert [one.status_code for one in undone] == [200, 200]
    assert {one.get_json()["state"] for one in undone} == {"unbound"}
    assert again.status_code == 201
    assert site.bound() == {}


def test_cancelled_code_binds_nobody(
    program: Program, wire: responses.RequestsMock, site: Site
) -> None:
    made = program.post("/bindings", member="anna@shop").get_json()

    cancelled = program.send("DELETE", f"/bindings/{made['id']}", "")
    scan(site, made["id"], scene_asked_for(wire))
    act(site, made["code"])

    assert cancelled.get_json()["state"] == "cancelled"
    assert site.bound() == {}


def test_other_accounts_program_can_neither_poll_nor_cancel(
    program: Program, foreign: Program, wire: responses.RequestsMock
) -> None:
    del wire
    made = program.post("/bindings", member="anna@shop").get_json()
    address = f"/bindings/{made['id']}"

    polled, undone = foreign.get(address), foreign.send("DELETE", address, "")

    assert (polled.status_code, undone.status_code) == (404, 404)
    assert foreign.get("/bindings").get_json()["total"] == 0
    assert program.get(address).get_json()["state"] == "pending"


def test_reading_key_makes_and_undoes_nothing(
    app: Flask, session: Session, account: Account
) -> None:
    reader = new_program(app, session, account, "bindings:read")

    assert reader.post("/bindings", member="anna").status_code == 403
    assert reader.send("DELETE", "/bindings/1", "").status_code == 403
    assert reader.get("/bindings").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "member"),
        ({"member": ""}, "member"),
        ({"member": "x" * 65}, "member"),
        ({"member": "a\nb"}, "member"),
        ({"member": 7}, "member"),
        ({"member": "anna", "expire_seconds": 59}, "expire_seconds"),
        ({"member": "anna", "expire_seconds": 601}, "expire_seconds"),
        ({"member": "anna", "expire_seconds": True}, "expire_seconds"),
        ({"member": "anna", "expire_seconds": 2**63}, "expire_seconds"),
        ({"member": "anna", "return_url": "https://evil.example/"}, "return_url"),
        ({"member": "anna", "return_url": "http://localhost/"}, "return_url"),
        ({"member": "anna", "return_url": "javascript:alert(1)"}, "return_url"),
        ({"member": "anna", "account_id": 2}, "account_id"),
    ],
    ids=str,
)
def test_bad_input_is_refused_at_its_field_before_wechat_is_asked(
    program: Program, wire: responses.RequestsMock, body: Json, field: str
) -> None:
    answer = program.post("/bindings", **body)

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]
    assert [call for call in wire.calls if "qrcode" in str(call.request.url)] == []


def test_browser_returns_only_where_the_account_is_at_home(
    program: Program,
    wire: responses.RequestsMock,
    session: Session,
    account: Account,
) -> None:
    del wire
    account.return_addresses = ["https://shop.example.com/me"]
    session.commit()

    good = program.post(
        "/bindings", member="a", return_url="https://shop.example.com/me?tab=1"
    )
    elsewhere = program.post(
        "/bindings", member="b", return_url="https://shop.example.com/you"
    )

    assert good.status_code == 201
    assert list(problem_of(elsewhere)["errors"]) == ["return_url"]


@pytest.mark.parametrize(
    ("errcode", "status"), [(45009, 429), (45011, 429), (48001, 503), (40164, 503)]
)
def test_refusal_of_wechat_leaves_nothing(
    program: Program,
    wechat: responses.RequestsMock,
    session: Session,
    errcode: int,
    status: int,
) -> None:
    wechat.post(CREATE, json={"errcode": errcode, "errmsg": "no"})

    answer = program.post("/bindings", member="anna")

    session.rollback()
    assert answer.status_code == status
    assert str(errcode) in problem_of(answer)["message"]
    assert session.scalars(select(Binding)).all() == []
    assert session.scalars(select(TemporaryCode)).all() == []


def test_list_by_member_and_state(program: Program, site: Site) -> None:
    with transactions(write=True):
        site.bind("anna@shop")
        site.propose("bo@shop")
        late = site.propose("bo@shop", seconds=60)
        site.session.get_one(Binding, late).code.expires_at = site.now
        site.session.commit()

    def found(**query: str) -> list[str]:
        page = program.get("/bindings", **query).get_json()
        assert page["total"] == len(page["items"])
        return [f"{one['member']} {one['state']}" for one in page["items"]]

    assert found() == ["bo@shop expired", "bo@shop pending", "anna@shop bound"]
    assert found(member="anna@shop") == ["anna@shop bound"]
    assert found(member="anna") == []
    for state in ("expired", "pending", "bound"):
        [one] = found(state=state)
        assert one.endswith(state)
    assert found(state="refused") == []


def test_acts_are_noted(
    program: Program, wire: responses.RequestsMock, session: Session
) -> None:
    del wire
    made = program.post("/bindings", member="anna@shop").get_json()
    program.send("DELETE", f"/bindings/{made['id']}", "")

    session.rollback()
    noted = session.scalars(select(AuditEntry)).all()
    assert [one.action for one in noted] == ["binding.propose", "binding.cancel"]
    assert {one.subject_id for one in noted} == {made["id"]}
