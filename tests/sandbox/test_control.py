import pytest
import requests

from tests.sandbox.conftest import NOON
from tests.sandbox.platform import APP_ID, Platform
from tests.sandbox.receiver import Receiver, echo, say
from wxchannels.sandbox.remote import Sandbox, SandboxRefusedError

AT_NOON = int(NOON.timestamp())


def test_clock_stands_moves_and_goes_on(sandbox: Sandbox) -> None:
    assert sandbox.clock() == AT_NOON
    assert sandbox.clock(advance=86400) == AT_NOON + 86400
    assert sandbox.clock(set="2026-03-02T12:00:00+08:00") in {AT_NOON, AT_NOON + 1}
    assert sandbox.clock(stop=AT_NOON + 7) == AT_NOON + 7
    assert sandbox.clock(go=True) in {AT_NOON + 7, AT_NOON + 8}
    assert sandbox.clock(stop=True) in {AT_NOON + 7, AT_NOON + 8, AT_NOON + 9}


def test_running_clock_can_be_moved_ahead(sandbox: Sandbox) -> None:
    sandbox.clock(set=AT_NOON)

    assert sandbox.clock(advance=86400) in {AT_NOON + 86400, AT_NOON + 86401}


@pytest.mark.parametrize("moment", ["soon", "2026-03-02T12:00:00"])
def test_time_without_an_offset_is_refused(sandbox: Sandbox, moment: str) -> None:
    with pytest.raises(SandboxRefusedError, match="no moment"):
        sandbox.clock(set=moment)


def test_callback_is_verified_by_its_echo(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answer(echo, say("no", 403))

    first, second = sandbox.verify_callback(), sandbox.verify_callback()

    assert (first, second) == (True, False)
    assert receiver.requests[0].verb == "GET"
    assert set(receiver.requests[0].query) == {
        "signature",
        "timestamp",
        "nonce",
        "echostr",
    }


def test_absent_server_is_not_verified(sandbox: Sandbox) -> None:
    sandbox.open_account(callback_url="http://127.0.0.1:9/weixin?account=1")

    assert not sandbox.verify_callback()


def test_settings_are_kept_and_shown(sandbox: Sandbox) -> None:
    sandbox.open_account(product_url="http://127.0.0.1:5000/", mode="safe")

    account = sandbox.account()

    assert account["product_url"] == "http://127.0.0.1:5000/"
    assert (account["mode"], account["format"]) == ("safe", "xml")
    listed = requests.get(f"{sandbox.base_url}/sandbox/api/accounts", timeout=5)
    assert [one["app_id"] for one in listed.json()] == [APP_ID]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"colour": "red"}, "no setting “colour”"),
        ({"mode": "secret"}, "'secret' is not a valid Mode"),
        ({"rules": {"speed": 1}}, "no setting “speed”"),
        ({"rules": {"tries": "many"}}, "“tries” cannot be 'many'"),
        ({"rules": {"tries": True}}, "“tries” cannot be True"),
    ],
)
def test_unknown_settings_are_refused(
    sandbox: Sandbox, settings: dict[str, object], sentence: str
) -> None:
    before = sandbox.account()

    with pytest.raises(SandboxRefusedError, match=sentence):
        sandbox.open_account(**settings)

    assert sandbox.account() == before


def test_account_can_be_closed(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/sandbox/api/accounts/{APP_ID}"

    requests.delete(url, timeout=5)

    with pytest.raises(SandboxRefusedError, match=f"404: .*no account “{APP_ID}”"):
        sandbox.account()


def test_second_account_has_other_openids_and_tickets(sandbox: Sandbox) -> None:
    second = Sandbox(sandbox.base_url, "wxfedcba9876543210", sandbox.session)
    second.open_account(name="second", secret="s")

    codes = [one.issue_code("sunck") for one in (sandbox, second)]
    openids = [one.follow("anna").delivery for one in (sandbox, second)]

    assert codes[0].ticket != codes[1].ticket
    assert codes[0].url != codes[1].url
    assert openids[0]
    assert openids[1]
    assert openids[0].fields["FromUserName"] != openids[1].fields["FromUserName"]
    assert [len(one.log()) for one in (sandbox, second)] == [1, 1]


def test_scenes_get_the_names_people_know(sandbox: Sandbox) -> None:
    sandbox.name_scenes({"sunck": "静安寺店·收银台"})

    code = sandbox.issue_code("sunck")

    assert code.name == "静安寺店·收银台"
    assert sandbox.codes() == [code]


def test_impossible_wishes_are_explained(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxRefusedError, match="no code “nowhere”"):
        sandbox.scan("anna", "nowhere")
    with pytest.raises(SandboxRefusedError, match="Nobody can “fly”; try scan"):
        sandbox.do("anna", "fly")
    with pytest.raises(SandboxRefusedError, match="no person “nobody”"):
        sandbox.person("nobody")
    with pytest.raises(SandboxRefusedError, match="no button “x”"):
        sandbox.do("anna", "press", button="x")
    with pytest.raises(SandboxRefusedError, match="A push needs fields"):
        sandbox.do("anna", "push")
    with pytest.raises(SandboxRefusedError, match="is no order"):
        sandbox.release("upside down")
    with pytest.raises(SandboxRefusedError, match="40053"):
        sandbox.issue_code("x" * 65)
    with pytest.raises(SandboxRefusedError, match="not a valid FaultKind"):
        sandbox.fault("*", "fire")


def test_body_must_be_an_object(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/sandbox/api/clock"

    answer = requests.post(url, data=b"[1]", timeout=5)

    assert answer.status_code == 422
    assert answer.json() == {"message": "The body must be a JSON object."}


def test_people_are_listed_with_their_names(sandbox: Sandbox) -> None:
    sandbox.name_person("anna", "小满")
    sandbox.follow("stranger")

    listed = requests.get(f"{sandbox.base_url}/sandbox/api/people", timeout=5).json()

    shown = [(one["person_id"], one["name"], one["is_on_phone"]) for one in listed]
    assert shown == [("anna", "小满", True), ("stranger", "stranger", False)]


def test_chosen_openid_leaves_those_of_other_accounts(sandbox: Sandbox) -> None:
    second = Sandbox(sandbox.base_url, "wxfedcba9876543210", sandbox.session)
    second.open_account(name="second", secret="s")
    sandbox.name_person("anna", "小满", openid="o_first")

    second.name_person("anna", "小满", openid="o_second")

    assert sandbox.person("anna")["openid"] == "o_first"
    assert second.person("anna")["openid"] == "o_second"


def test_log_and_faults_can_be_emptied(sandbox: Sandbox, platform: Platform) -> None:
    sandbox.follow("anna")
    sandbox.fault("*", code=-1, times=None)
    base = f"{sandbox.base_url}/sandbox/api/accounts/{APP_ID}"

    requests.delete(f"{base}/log", timeout=5)
    faults = requests.get(f"{base}/faults", timeout=5).json()

    assert sandbox.log() == []
    assert [(one["path"], one["code"]) for one in faults] == [("*", -1)]
    assert platform.refused("user/get") == -1


def test_reset_forgets_everything(sandbox: Sandbox) -> None:
    sandbox.follow("anna")

    sandbox.reset()

    listed = requests.get(f"{sandbox.base_url}/sandbox/api/accounts", timeout=5)
    assert listed.json() == []
    assert sandbox.clock() == AT_NOON
