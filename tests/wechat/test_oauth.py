import logging
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from tests.wechat.conftest import API, SECRET
from wxchannels.wechat.answers import WebToken
from wxchannels.wechat.errors import (
    CodeRefusedError,
    ConfigRefusedError,
    RightsRefusedError,
    WeChatRefusedError,
    WeChatUnavailableError,
)
from wxchannels.wechat.oauth import OAuthClient, Scope

EXCHANGE = f"{API}/sns/oauth2/access_token"
#: The pattern that WeChat holds an address against, as its documentation has it.
PATTERN = re.compile(
    r"https://open\.weixin\.qq\.com/connect/oauth2/authorize\?appid=[^&]+"
    r"&redirect_uri=[^&]+&response_type=code&scope=[^&]+&state=[a-zA-Z0-9]+"
    r"#wechat_redirect"
)
ANSWER = {
    "access_token": "PERSONS-TOKEN",
    "expires_in": 7200,
    "refresh_token": "REFRESH-TOKEN",
    "openid": "o-anna",
    "scope": "snsapi_base,snsapi_userinfo",
    "unionid": "u-anna",
}
TOKEN = WebToken.read(ANSWER)


@pytest.fixture
def oauth() -> OAuthClient:
    return OAuthClient("wx1", SECRET, sleep=lambda _seconds: None)


def asked(api: responses.RequestsMock) -> dict[str, str]:
    """Return the query of the latest request."""
    query = parse_qs(urlsplit(str(api.calls[-1].request.url)).query)
    return {name: value for name, [value] in query.items()}


@pytest.mark.parametrize("scope", list(Scope))
def test_address_fits_wechats_pattern_and_hides_nothing_in_it(
    oauth: OAuthClient, scope: Scope
) -> None:
    own = "https://wx.example.com/auth?a=1&b=2#c"

    address = oauth.authorize_url(own, scope=scope, state="ab12")

    assert PATTERN.fullmatch(address)
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == [own]
    assert query["scope"] == [scope]


@pytest.mark.parametrize("state", ["", "a-b", "a b", "&x=1", "a" * 129])
def test_state_that_wechat_would_not_take_is_a_mistake(
    oauth: OAuthClient, state: str
) -> None:
    with pytest.raises(ValueError, match="128"):
        oauth.authorize_url("https://x.example", scope=Scope.BASE, state=state)


def test_code_becomes_a_person(oauth: OAuthClient, api: responses.RequestsMock) -> None:
    api.get(EXCHANGE, json=ANSWER)

    token = oauth.exchange_code("CODE")

    assert (token.openid, token.unionid) == ("o-anna", "u-anna")
    assert token.scopes == {"snsapi_base", "snsapi_userinfo"}
    assert not token.is_snapshot
    assert asked(api) == {
        "appid": "wx1",
        "secret": SECRET,
        "code": "CODE",
        "grant_type": "authorization_code",
    }


@pytest.mark.parametrize("flag", [1, "1"])
def test_person_of_a_snapshot_is_marked(
    oauth: OAuthClient, api: responses.RequestsMock, flag: object
) -> None:
    api.get(EXCHANGE, json={**ANSWER, "is_snapshotuser": flag})

    assert oauth.exchange_code("CODE").is_snapshot


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (40029, CodeRefusedError),
        (40163, CodeRefusedError),
        (42003, CodeRefusedError),
        (40125, ConfigRefusedError),
        (40001, ConfigRefusedError),
    ],
)
def test_refused_code_says_whose_fault_it_is(
    oauth: OAuthClient,
    api: responses.RequestsMock,
    errcode: int,
    kind: type[WeChatRefusedError],
) -> None:
    errmsg = "code been used, hints: [ req_id: KNJZqa0152th52 ]"
    api.get(EXCHANGE, json={"errcode": errcode, "errmsg": errmsg})

    with pytest.raises(kind) as caught:
        oauth.exchange_code("CODE")

    assert caught.value.errcode == errcode
    assert caught.value.rid == "KNJZqa0152th52"


def test_answer_without_an_openid_is_none(
    oauth: OAuthClient, api: responses.RequestsMock
) -> None:
    api.get(EXCHANGE, json={**ANSWER, "openid": ""})

    with pytest.raises(WeChatUnavailableError, match="openid"):
        oauth.exchange_code("CODE")


def test_name_and_picture_of_whoever_agreed(
    oauth: OAuthClient, api: responses.RequestsMock
) -> None:
    person = {"openid": "o-anna", "nickname": "小满\x01", "headimgurl": "http://p/0"}
    api.get(f"{API}/sns/userinfo", json={**person, "sex": 0, "privilege": []})

    user = oauth.user(TOKEN)

    assert (user.nickname, user.headimgurl) == ("小满\x01", "http://p/0")
    assert user.unionid is None
    assert asked(api) == {
        "access_token": "PERSONS-TOKEN",
        "openid": "o-anna",
        "lang": "zh_CN",
    }


def test_name_needs_the_right_scope(
    oauth: OAuthClient, api: responses.RequestsMock
) -> None:
    api.get(f"{API}/sns/userinfo", json={"errcode": 48001, "errmsg": "unauthorized"})

    with pytest.raises(RightsRefusedError):
        oauth.user(TOKEN)


def test_neither_log_nor_text_shows_a_secret(
    oauth: OAuthClient,
    api: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    record = logging.getLogger("urllib3.connectionpool")
    line = "/sns/oauth2/access_token?secret=SECRET&code=THE-CODE"
    record.debug('%s "GET %s"', API, line)
    record.debug('%s "GET %s"', API, "/x?refresh_token=REFRESH-TOKEN")

    assert "THE-CODE" not in caplog.text
    assert "REFRESH-TOKEN" not in caplog.text
    assert not {"PERSONS-TOKEN", "o-anna"} & set(re.findall(r"[\w-]+", repr(TOKEN)))
    assert SECRET not in repr(oauth)
    del api
