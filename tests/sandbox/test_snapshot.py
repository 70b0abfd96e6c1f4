import json
import stat
import time
from pathlib import Path

from flask import Flask

from tests.sandbox.platform import APP_ID, IDENTITY, Platform
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.server import running
from wxchannels.sandbox.snapshot import save
from wxchannels.sandbox.state import EXTENSION


def play_a_little(app: Flask) -> tuple[str, str]:
    """Return a token and a ticket that a restart must not change."""
    with running(app) as base_url:
        sandbox, platform = Sandbox(base_url, APP_ID), Platform(base_url)
        sandbox.open_account(secret=IDENTITY["secret"], name="半亩茶", mode="safe")
        sandbox.open_account(aes_key="a" * 43)
        sandbox.name_person("anna", "小满")
        code = sandbox.issue_code("sunck")
        sandbox.scan("anna", "sunck")
        sandbox.follow("anna", "sunck", silent=True)
        sandbox.fault("*", code=-1, times=None)
        sandbox.clock(advance=86400)
        return platform.token(), code.ticket


def test_restart_forgets_nothing(tmp_path: Path) -> None:
    state_file = tmp_path / "deep" / "state.json"
    token, ticket = play_a_little(create_sandbox(state_file=state_file))

    with running(create_sandbox(state_file=state_file)) as base_url:
        sandbox, platform = Sandbox(base_url, APP_ID), Platform(base_url)
        [code] = sandbox.codes()
        anna = sandbox.person("anna")

        assert code.ticket == ticket
        assert sandbox.issue_code("sunck").ticket == ticket
        assert (anna["name"], anna["follows_now"]) == ("小满", True)
        assert anna["follows"][0]["way"] == "ADD_SCENE_QR_CODE"
        assert [line["kind"] for line in anna["chat"]] == ["scan", "follow"]
        assert sandbox.account()["mode"] == "safe"
        assert sandbox.clock() - time.time() > 86390
        assert platform.token() == token
        assert platform.errcode(token) == -1


def test_snapshot_is_for_its_owner_only(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"

    play_a_little(create_sandbox(state_file=state_file))

    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_snapshot_of_another_version_is_read(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    play_a_little(create_sandbox(state_file=state_file))
    saved = json.loads(state_file.read_text(encoding="utf-8"))
    saved["accounts"][APP_ID]["no_longer_there"] = 1
    del saved["accounts"][APP_ID]["scene_names"]
    saved["stopped_at"] = "2026-03-02T04:00:00+00:00"
    state_file.write_text(json.dumps(saved), encoding="utf-8")

    world = create_sandbox(state_file=state_file).extensions[EXTENSION].world

    assert world.accounts[APP_ID].scene_names == {}
    assert world.clock.seconds() == 1772424000


def test_change_is_saved_while_the_sandbox_runs(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"

    with running(create_sandbox(state_file=state_file)) as base_url:
        Sandbox(base_url, APP_ID).open_account(name="saved")
        ends = time.monotonic() + 5
        while not state_file.exists() and time.monotonic() < ends:
            time.sleep(0.05)

        assert "saved" in state_file.read_text(encoding="utf-8")


def test_stopped_clock_is_saved(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    state = create_sandbox().extensions[EXTENSION]
    state.world.clock.stop_at(state.world.clock.now())

    save(state.world, state_file)

    restarted = create_sandbox(state_file=state_file).extensions[EXTENSION]
    assert restarted.world.clock.now() == state.world.clock.now()
