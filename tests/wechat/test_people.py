import json
from datetime import UTC, datetime

import pytest
import responses

from tests.wechat.conftest import API, sent
from wxchannels.wechat.client import FollowerPage, UserInfo, WeChatClient
from wxchannels.wechat.errors import WeChatUnavailableError

FOLLOWER = {
    "subscribe": 1,
    "openid": "oAnna",
    "nickname": "",
    "language": "zh_CN",
    "subscribe_time": 1382694957,
    "unionid": "u1",
    "remark": "渠道\x0b",
    "groupid": 0,
    "tagid_list": [128, 2],
    "subscribe_scene": "ADD_SCENE_QR_CODE",
    "qr_scene": 98765,
    "qr_scene_str": "",
}
ANNA = UserInfo(
    openid="oAnna",
    subscribe=True,
    subscribe_time=datetime(2013, 10, 25, 9, 55, 57, tzinfo=UTC),
    subscribe_scene="ADD_SCENE_QR_CODE",
    qr_scene=98765,
    unionid="u1",
    remark="渠道\x0b",
    tagids=(128, 2),
)
BO = UserInfo(openid="oBo", subscribe=False)


def test_follower_is_described(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    raw = json.dumps(FOLLOWER, ensure_ascii=False).replace("\\u000b", "\x0b")
    wechat_api.get(
        f"{API}/cgi-bin/user/info", body=raw.encode(), content_type="text/plain"
    )

    anna = client.user_info("oAnna")

    assert anna == ANNA
    assert str(wechat_api.calls[-1].request.url).endswith("openid=oAnna")


def test_of_one_who_does_not_follow_next_to_nothing_is_known(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.get(f"{API}/cgi-bin/user/info", json={"subscribe": 0, "openid": "oBo"})

    assert client.user_info("oBo") == BO


def test_odd_values_count_as_not_there(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    odd = {"subscribe_time": 10**15, "tagid_list": {"a": 1}, "remark": None}
    wechat_api.get(f"{API}/cgi-bin/user/info", json={"openid": "oBo", **odd})

    assert client.user_info("oBo") == BO


@pytest.mark.parametrize(
    ("scene", "qr_scene", "qr_scene_str", "expected"),
    [
        ("ADD_SCENE_QR_CODE", 98765, "", "98765"),
        ("ADD_SCENE_QR_CODE", 0, "counter", "counter"),
        ("ADD_SCENE_QR_CODE", 0, "", None),
        ("ADD_SCENE_SEARCH", 98765, "", None),
    ],
)
def test_scene_of_the_latest_follow_is_text(
    scene: str, qr_scene: int, qr_scene_str: str, expected: str | None
) -> None:
    person = UserInfo(
        openid="o",
        subscribe=True,
        subscribe_scene=scene,
        qr_scene=qr_scene,
        qr_scene_str=qr_scene_str,
    )

    assert person.scene == expected


def test_many_people_are_described_at_once(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    answer = {"user_info_list": [FOLLOWER, {"subscribe": "0", "openid": "oBo"}]}
    wechat_api.post(f"{API}/cgi-bin/user/info/batchget", json=answer)

    people = client.batch_user_info(["oAnna", "oBo"])

    assert people == [ANNA, BO]
    assert sent(wechat_api) == {"user_list": [{"openid": "oAnna"}, {"openid": "oBo"}]}


def test_nobody_is_described_without_asking(
    client: WeChatClient, api: responses.RequestsMock
) -> None:
    assert client.batch_user_info([]) == []
    assert len(api.calls) == 0


def test_more_than_a_hundred_people_are_too_many(client: WeChatClient) -> None:
    with pytest.raises(ValueError, match="100"):
        client.batch_user_info(["o"] * 101)


def test_followers_come_in_pages(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    first = {
        "total": 2,
        "count": 2,
        "data": {"openid": ["oAnna", "oBo"]},
        "next_openid": "oBo",
    }
    last = {"total": 2, "count": 0, "next_openid": ""}
    wechat_api.get(f"{API}/cgi-bin/user/get", json=first)
    wechat_api.get(f"{API}/cgi-bin/user/get", json=last)

    pages = [client.followers(), client.followers("oBo")]

    assert pages == [
        FollowerPage(2, ("oAnna", "oBo"), "oBo"),
        FollowerPage(2, (), ""),
    ]
    assert str(wechat_api.calls[-1].request.url).endswith("next_openid=oBo")


def test_tags_are_known_by_name(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    tags = {
        "tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 134, "name": "广东"}]
    }
    wechat_api.get(f"{API}/cgi-bin/tags/get", json=tags)

    assert client.tags() == {"星标组": 2, "广东": 134}


def test_tag_is_made_and_put_on_people(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    made = {"tag": {"id": 134, "name": "广东"}}
    wechat_api.post(f"{API}/cgi-bin/tags/create", json=made)
    batch = f"{API}/cgi-bin/tags/members/batchtagging"
    wechat_api.post(batch, json={"errcode": 0, "errmsg": "ok"})

    tag_id = client.create_tag("广东")
    client.tag_people(tag_id, ["oAnna", "oBo"])

    assert tag_id == 134
    assert json.loads(wechat_api.calls[-1].request.body or b"") == {
        "openid_list": ["oAnna", "oBo"],
        "tagid": 134,
    }


def test_answer_without_a_tag_is_no_answer(
    client: WeChatClient, wechat_api: responses.RequestsMock
) -> None:
    wechat_api.post(f"{API}/cgi-bin/tags/create", json={})

    with pytest.raises(WeChatUnavailableError, match="no tag"):
        client.create_tag("广东")


def test_more_than_fifty_people_are_too_many_to_tag(client: WeChatClient) -> None:
    with pytest.raises(ValueError, match="50"):
        client.tag_people(134, ["o"] * 51)
