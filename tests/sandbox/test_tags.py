import pytest

from tests.sandbox.platform import Platform
from wxchannels.sandbox.remote import Sandbox


def make(platform: Platform, name: str = "广东") -> int:
    return int(platform.ask("tags/create", {"tag": {"name": name}})["tag"]["id"])


def follower(sandbox: Sandbox, person: str = "anna") -> str:
    sandbox.follow(person, silent=True)
    return str(sandbox.person(person)["openid"])


def test_tag_is_put_on_and_taken_off(platform: Platform, sandbox: Sandbox) -> None:
    anna, bo = follower(sandbox), follower(sandbox, "bo")
    tag = make(platform)
    wish = {"openid_list": [anna, bo], "tagid": tag}

    platform.ask("tags/members/batchtagging", wish)
    platform.ask("tags/members/batchtagging", wish)
    wish["openid_list"] = [bo]
    platform.ask("tags/members/batchuntagging", wish)
    platform.ask("tags/members/batchuntagging", wish)

    assert platform.ask("tags/getidlist", {"openid": anna}) == {"tagid_list": [tag]}
    assert platform.ask("tags/getidlist", {"openid": bo}) == {"tagid_list": []}
    assert platform.ask("user/info", openid=anna)["tagid_list"] == [tag]
    assert platform.ask("tags/get")["tags"] == [{"id": tag, "name": "广东", "count": 1}]


def test_tag_is_renamed_and_deleted(platform: Platform, sandbox: Sandbox) -> None:
    anna, tag = follower(sandbox), make(platform)
    wish = {"openid_list": [anna], "tagid": tag}
    platform.ask("tags/members/batchtagging", wish)

    platform.ask("tags/update", {"tag": {"id": tag, "name": "华南"}})
    renamed = platform.ask("tags/get")["tags"]
    platform.ask("tags/delete", {"tag": {"id": tag}})

    assert renamed[0]["name"] == "华南"
    assert platform.ask("tags/get") == {"tags": []}
    assert platform.ask("tags/getidlist", {"openid": anna}) == {"tagid_list": []}


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("create", {"tag": {"name": ""}}, 45157),
        ("create", {"tag": {"name": "广东"}}, 45157),
        ("create", {}, 45157),
        ("create", {"tag": {"name": "x" * 31}}, 45158),
        ("update", {"tag": {"id": 2, "name": "x"}}, 45058),
        ("update", {"tag": {"id": 99, "name": "x"}}, 45159),
        ("getidlist", {"openid": "o_nobody"}, 40003),
        ("members/batchtagging", {"tagid": 100, "openid_list": ["o_x"]}, 40003),
        ("members/batchtagging", {"tagid": 100, "openid_list": []}, 40032),
        ("members/batchtagging", {"tagid": 100, "openid_list": ["o"] * 51}, 40032),
    ],
)
def test_bad_tagging_is_refused(
    platform: Platform, path: str, body: dict[str, object], errcode: int
) -> None:
    make(platform)

    assert platform.refused(f"tags/{path}", body) == errcode


def test_tags_have_limits(platform: Platform, sandbox: Sandbox) -> None:
    anna = follower(sandbox)
    tags = [make(platform, str(number)) for number in range(100)]
    for tag in tags[:20]:
        wish = {"openid_list": [anna], "tagid": tag}
        platform.ask("tags/members/batchtagging", wish)

    one_more = {"openid_list": [anna], "tagid": tags[20]}

    assert platform.refused("tags/members/batchtagging", one_more) == 45059
    assert platform.refused("tags/create", {"tag": {"name": "x"}}) == 45056
