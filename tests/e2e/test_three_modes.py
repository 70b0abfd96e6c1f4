"""Product and simulated WeChat over real HTTP: what people do is what is reported."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e import story
from tests.e2e.story import AGAIN, ALREADY, ELSEWHERE, MORNING, WELCOME
from tests.e2e.world import Connected, World

CREATE, TOKEN = "/cgi-bin/qrcode/create", "/cgi-bin/stable_token"
FORMS = [
    (mode, form) for mode in ("plain", "compatible", "safe") for form in ("xml", "json")
]


@pytest.mark.parametrize(("mode", "form"), FORMS)
def test_report_equals_the_table_worked_out_by_hand(
    world: World, mode: str, form: str
) -> None:
    account = world.connect(mode, form)
    story.open_channels(account)

    played = account.sandbox.play(story.story(), threads=1)

    assert set(played.verdicts) <= {"handled", "reply"}
    assert story.report(account) == story.TABLE
    assert story.days(account) == story.DAYS
    assert account.program.get("/events")["total"] == 14
    world.run("stats", "check")


@pytest.mark.parametrize(
    ("mischief", "travel"),
    [
        ({"copies": 3, "concurrent": True}, {"threads": 8}),
        ({}, {"copies": 3, "order": "shuffled", "seed": 7, "threads": 8}),
        ({}, {"order": "reversed", "threads": 1}),
        ({"lose_answers": 2}, {"threads": 4}),
    ],
    ids=[
        "three at the same moment",
        "shuffled and tripled",
        "reversed",
        "answers lost",
    ],
)
def test_report_does_not_depend_on_how_pushes_travel(
    world: World,
    account: Connected,
    mischief: Mapping[str, object],
    travel: Mapping[str, object],
) -> None:
    story.open_channels(account)
    account.sandbox.mischief(**mischief)

    account.sandbox.play(story.story(), **travel)

    assert story.report(account) == story.TABLE
    assert story.days(account) == story.DAYS
    world.run("stats", "check")


def test_late_pushes_are_counted_on_the_day_they_happened(account: Connected) -> None:
    story.open_channels(account)
    account.sandbox.mischief(hold=True)
    for step in story.story():
        act = {key: value for key, value in step.items() if key not in {"person", "do"}}
        account.sandbox.do(str(step["person"]), str(step["do"]), **act)
    before = story.report(account)["total"]

    account.sandbox.release(order="shuffled", seed=3)

    # Nothing was heard yet, so only who follows now is known.
    assert before == (*(None,) * 7, 0)
    assert story.report(account) == story.TABLE


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_people_are_answered_as_who_they_are(world: World, mode: str) -> None:
    account = world.connect(mode)
    story.open_channels(account)
    account.sandbox.name_person("anna", "小满")

    new = account.sandbox.follow("anna", "counter").delivery
    following = account.sandbox.scan("anna", "4711").delivery
    account.sandbox.clock(advance=60)
    account.sandbox.unfollow("anna")
    account.sandbox.clock(advance=60)
    returning = account.sandbox.follow("anna", "4711").delivery

    replies = [one.reply for one in (new, following, returning) if one]
    assert replies == [
        {"kind": "text", "text": WELCOME},
        {"kind": "text", "text": ALREADY},
        {"kind": "text", "text": AGAIN},
    ]


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_push_whose_answer_got_lost_is_answered_alike(world: World, mode: str) -> None:
    account = world.connect(mode)
    story.open_channels(account)
    account.sandbox.mischief(lose_answers=2)

    delivery = account.sandbox.follow("anna", "counter").delivery

    assert delivery
    assert [one.verdict for one in delivery.tries[:2]] == ["lost", "lost"]
    # Who followed a moment ago is still new, whatever the first try stored.
    assert delivery.reply == {"kind": "text", "text": WELCOME}
    assert story.report(account)["total"][:3] == (1, 1, 1)


def test_all_four_kinds_of_code_are_made(account: Connected) -> None:
    codes = story.open_channels(account)

    kinds = {(one["scene_type"], one["lifetime"]) for one in codes.values()}
    issued = {one.ticket: one for one in account.sandbox.codes()}
    assert len(kinds) == 4
    assert {one["state"] for one in codes.values()} == {"active"}
    for scene, code in codes.items():
        assert issued[code["ticket"]].scene == scene
        assert issued[code["ticket"]].url == code["url"]
        is_temporary = code["lifetime"] == "temporary"
        assert (issued[code["ticket"]].expires_at is not None) is is_temporary


def test_disabled_and_foreign_codes_are_still_recorded(account: Connected) -> None:
    codes = story.open_channels(account)
    archived = codes["counter"]["channel_id"]
    account.program.session.post(
        f"{account.program.url}/api/v1/channels/{archived}/archive",
        headers={"Authorization": f"Bearer {account.program.key}"},
        timeout=30,
    ).raise_for_status()

    account.sandbox.follow("anna", "counter")
    account.sandbox.follow("bo", ELSEWHERE)

    report = story.report(account)
    assert report["Counter"][:3] == (1, 1, 1)
    assert report["unknown_scene"][:3] == (1, 1, 1)


def test_lost_scene_counts_as_no_channel(account: Connected) -> None:
    story.open_channels(account)
    account.sandbox.mischief(lose_scene=True)

    account.sandbox.follow("anna", "counter")

    report = story.report(account)
    assert report["no_channel"][:3] == (0, 0, 1)
    assert report["Counter"] == (0,) * 8


def test_stolen_token_costs_one_refresh(account: Connected) -> None:
    channel = account.channel("Counter")
    account.code(channel)
    account.sandbox.steal_token()
    account.sandbox.forget_calls()

    account.code(channel)
    account.code(channel)

    assert account.sandbox.calls() == {CREATE: 3, TOKEN: 1}


def test_token_that_is_never_right_ends_after_one_retry(account: Connected) -> None:
    channel = account.channel("Counter")
    account.code(channel)
    account.sandbox.forget_calls()
    account.sandbox.fault(CREATE, code=40001, times=None)

    said = account.program.refused(
        f"/channels/{channel}/qrcodes", {"lifetime": "permanent"}, 503
    )

    assert "40001" in said
    assert account.sandbox.calls() == {CREATE: 2, TOKEN: 1}
    account.sandbox.remove_faults()
    assert account.code(channel)["state"] == "active"


def test_twelve_requests_at_once_need_one_token_call(account: Connected) -> None:
    channel = account.channel("Counter")
    start = threading.Barrier(12)

    def ask() -> None:
        start.wait()
        account.code(channel)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert account.sandbox.calls() == {CREATE: 12, TOKEN: 1}


@pytest.mark.parametrize(
    ("wechat", "status", "words"),
    [
        ({"limits": {CREATE: 0}}, 429, ["45009", "used up", "midnight"]),
        (
            {"rules": {"permanent_text_limit": 0}},
            422,
            ["45029", "no permanent codes left", "temporary"],
        ),
        (
            {"allowed_ips": ["10.1.1.1"]},
            503,
            ["40164", "127.0.0.1", "white list"],
        ),
        ({"secret": "another"}, 503, ["40125", "AppSecret"]),
    ],
)
def test_refusal_says_what_to_do_and_leaves_no_code(
    account: Connected,
    wechat: Mapping[str, object],
    status: int,
    words: list[str],
) -> None:
    account.sandbox.clock(stop=MORNING)
    channel = account.channel("Counter")
    account.sandbox.open_account(**wechat)

    said = account.program.refused(
        f"/channels/{channel}/qrcodes", {"lifetime": "permanent"}, status
    )

    assert [word for word in words if word not in said] == []
    assert account.sandbox.codes() == []
    assert account.program.get(f"/channels/{channel}")["state"] == "active"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http", "code": 502},
        {"kind": "drop"},
        {"kind": "html"},
        {"kind": "truncated"},
        {"kind": "errcode", "code": -1},
    ],
    ids=lambda fault: fault["kind"],
)
def test_wechat_that_breaks_is_said_so_and_the_next_call_works(
    account: Connected, fault: Mapping[str, Any]
) -> None:
    channel = account.channel("Counter")
    account.sandbox.fault(CREATE, times=None, **fault)

    said = account.program.refused(
        f"/channels/{channel}/qrcodes", {"lifetime": "permanent"}, 503
    )

    assert "Try again" in said
    account.sandbox.remove_faults()
    assert account.code(channel)["state"] == "active"
