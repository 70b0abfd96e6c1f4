import pickle

import pytest

from wxchannels.wechat import errors
from wxchannels.wechat.errors import (
    BadSignatureError,
    CodeRefusedError,
    ConfigRefusedError,
    MalformedPushError,
    MenuRefusedError,
    QuotaRefusedError,
    RightsRefusedError,
    SceneRefusedError,
    TokenRefusedError,
    WeChatError,
    WeChatRefusedError,
    WeChatUnavailableError,
    refusal,
)

CLASSES = {
    TokenRefusedError: [40001, 40014, 42001],
    ConfigRefusedError: [
        40013,
        40125,
        40164,
        40243,
        41002,
        41004,
        50002,
        61024,
        89503,
        89506,
        89507,
    ],
    QuotaRefusedError: [45009, 45011, 48006],
    RightsRefusedError: [48001],
    SceneRefusedError: [40052, 40053, 45029],
    CodeRefusedError: [40029, 40163, 41008, 42003],
    MenuRefusedError: [40015, 40016, 40018, 40023, 40027, 40033, 40054, 40055, 65316],
    WeChatRefusedError: [40002, 40003, 41001, 43002, 46003, 47001, 123456],
}
CASES = [(errcode, kind) for kind, codes in CLASSES.items() for errcode in codes]
IP_TEXT = (
    "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist "
    "rid: 5f69b2e4-53f3fc1f-093ca3a3"
)


@pytest.mark.parametrize(("errcode", "kind"), CASES)
def test_errcode_decides_what_kind_of_refusal_it_is(
    errcode: int, kind: type[WeChatRefusedError]
) -> None:
    error = refusal(errcode, "why")

    assert type(error) is kind
    assert (error.errcode, error.errmsg) == (errcode, "why")
    assert str(error) == f"WeChat error {errcode}: why"


@pytest.mark.parametrize(
    "kind",
    [BadSignatureError, MalformedPushError, WeChatUnavailableError, WeChatRefusedError],
)
def test_every_error_is_a_wechat_error(kind: type[Exception]) -> None:
    assert issubclass(kind, WeChatError)


def test_drawing_names_every_error() -> None:
    drawing = errors.__doc__ or ""

    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, WeChatError):
            assert name in drawing


@pytest.mark.parametrize(
    ("errmsg", "rid"),
    [
        (IP_TEXT, "5f69b2e4-53f3fc1f-093ca3a3"),
        ("invalid appsecret hint: [wPbCbA05029041]", "wPbCbA05029041"),
        ("code been used, hints: [ req_id: KNJZqa0152th52 ]", "KNJZqa0152th52"),
        ("invalid appid", None),
        ("", None),
    ],
)
def test_request_id_is_found_in_every_style(errmsg: str, rid: str | None) -> None:
    assert refusal(40013, errmsg).rid == rid


@pytest.mark.parametrize(
    ("errcode", "errmsg", "ip"),
    [
        (40164, IP_TEXT, "1.2.3.4"),
        (40164, "invalid ip 2001:db8::1, not in whitelist", "2001:db8::1"),
        (40164, "not in whitelist", None),
        (40013, IP_TEXT, None),
    ],
)
def test_refused_address_is_ours(errcode: int, errmsg: str, ip: str | None) -> None:
    error = refusal(errcode, errmsg)

    assert isinstance(error, ConfigRefusedError)
    assert error.ip == ip


def test_long_errmsg_is_cut() -> None:
    assert len(refusal(40013, "x" * 100_000).errmsg) == 500


def test_refusal_survives_the_way_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(refusal(40164, IP_TEXT)))  # noqa: S301 - our own bytes

    assert isinstance(error, ConfigRefusedError)
    assert (error.errcode, error.ip) == (40164, "1.2.3.4")
