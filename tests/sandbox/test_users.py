from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox


def openid(sandbox: Sandbox, person: str) -> str:
    return str(sandbox.person(person)["openid"])


def test_follower_through_a_text_scene(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.issue_code("sunck")
    sandbox.follow("anna", "sunck")

    shown = platform.ask("user/info", openid=openid(sandbox, "anna"))

    assert shown["subscribe"] == 1
    assert shown["subscribe_time"] == sandbox.clock()
    assert shown["subscribe_scene"] == "ADD_SCENE_QR_CODE"
    assert (shown["qr_scene"], shown["qr_scene_str"]) == (0, "sunck")
    assert (shown["nickname"], shown["sex"]) == ("", 0)


def test_follower_through_a_number(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.issue_code(4711, expire_seconds=600)
    sandbox.follow("anna", "4711")

    shown = platform.ask("user/info", openid=openid(sandbox, "anna"))

    assert (shown["qr_scene"], shown["qr_scene_str"]) == (4711, "")


def test_followers_without_a_code(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.follow("anna")
    sandbox.follow("bo", payment="4008072001201701105817415015")

    anna = platform.ask("user/info", openid=openid(sandbox, "anna"))
    bo = platform.ask("user/info", openid=openid(sandbox, "bo"))

    assert anna["subscribe_scene"] == "ADD_SCENE_SEARCH"
    assert bo["subscribe_scene"] == "ADD_SCENE_PAID"
    assert (anna["qr_scene"], anna["qr_scene_str"]) == (0, "")


def test_scene_lost_on_the_way_is_still_told(
    platform: Platform, sandbox: Sandbox
) -> None:
    sandbox.issue_code("sunck")
    outcome = sandbox.follow("anna", "sunck", lose_scene=True)

    shown = platform.ask("user/info", openid=openid(sandbox, "anna"))

    assert outcome.delivery
    assert outcome.delivery.fields["EventKey"] == ""
    assert "Ticket" not in outcome.delivery.fields
    assert shown["qr_scene_str"] == "sunck"


def test_of_who_left_only_that_is_told(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.follow("anna")
    sandbox.unfollow("anna")
    anna = openid(sandbox, "anna")

    assert platform.ask("user/info", openid=anna) == {"subscribe": 0, "openid": anna}
    assert platform.refused("user/info", openid="o_nobody") == 40003


def test_a_hundred_people_at_once(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.follow("anna")
    one = {"openid": openid(sandbox, "anna"), "lang": "zh_CN"}

    answer = platform.ask("user/info/batchget", {"user_list": [one] * 100})

    assert len(answer["user_info_list"]) == 100
    too_many = {"user_list": [one] * 101}
    assert platform.refused("user/info/batchget", too_many) == 40032
    assert platform.refused("user/info/batchget", {"user_list": ["x"]}) == 40003


def test_followers_come_in_pages(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.open_account(rules={"page_size": 2})
    sandbox.gather_crowd(3)
    sandbox.follow("anna")
    sandbox.follow("gone")
    sandbox.unfollow("gone")

    first = platform.ask("user/get")
    second = platform.ask("user/get", next_openid=first["next_openid"])
    behind = platform.ask("user/get", next_openid=second["next_openid"])

    assert (first["total"], first["count"], second["count"]) == (4, 2, 2)
    everybody = {*first["data"]["openid"], *second["data"]["openid"]}
    assert len(everybody) == 4
    assert openid(sandbox, "anna") in everybody
    assert behind == {"total": 4, "count": 0, "next_openid": ""}


def test_crowd_followed_when_it_was_told(platform: Platform, sandbox: Sandbox) -> None:
    sandbox.gather_crowd(1, at="2020-01-01T00:00:00+08:00")

    [openid] = platform.ask("user/get")["data"]["openid"]

    shown = platform.ask("user/info", openid=openid)
    assert shown["subscribe_time"] == 1577808000
    assert sandbox.log() == []
