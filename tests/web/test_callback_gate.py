"""The URL WeChat calls: who gets in, and what stays outside."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from wechatpy.crypto import WeChatCrypto

from tests import factories, pushes
from tests.web.callback import GREETING, only_event, set_mode, stored, unseal
from wxchannels.models import (
    Account,
    Mode,
)

VECTORS = json.loads(
    (Path(__file__).parent.parent / "wechat" / "vectors.json").read_text()
)
pytestmark = pytest.mark.usefixtures("account")


# --- verification ---------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/weixin/main", "/weixin/main/", "/weixin", "/weixin/"]
)
def test_echostr_comes_back_byte_for_byte(client: FlaskClient, path: str) -> None:
    query = pushes.signed(echostr="<b>&é5").split("?")[1]

    answer = client.get(f"{path}?{query}")

    assert answer.status_code == 200
    assert answer.text == "<b>&é5"
    assert answer.mimetype == "text/plain"


def test_verification_notes_its_first_moment_only(
    client: FlaskClient, session: Session, account: Account
) -> None:
    client.get(pushes.signed(echostr="1"))
    session.refresh(account)
    first = account.verified_at
    session.rollback()

    client.get(pushes.signed(echostr="1"))

    session.refresh(account)
    assert first is not None
    assert account.verified_at == first


def test_official_vector_of_the_verification(
    client: FlaskClient, session: Session, account: Account
) -> None:
    vector = VECTORS["signature"][0]
    account.token = vector["token"]
    session.commit()
    query = {k: vector[k] for k in ("signature", "timestamp", "nonce", "echostr")}

    answer = client.get("/weixin/main", query_string=query)

    assert answer.text == vector["echostr"]


# --- who gets in ----------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "signature=&timestamp=&nonce=",
        pushes.signed().split("?")[1].replace("signature=", "signature=0"),
        pushes.signed().split("?")[1] + "&signature=x",
        pushes.signed().split("?")[1] + "&nonce=x",
        pushes.signed().split("?")[1].replace("timestamp=1", "timestamp=a1"),
        f"signature={pushes.sha1(factories.TOKEN, 'x', 'n')}&timestamp=x&nonce=n",
        "timestamp=1&nonce=n&signature="
        + pushes.sha1(factories.TOKEN, "1", "n").upper(),
        "timestamp=1&nonce=n&signature=" + pushes.sha1("another", "1", "n"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_forged_requests_get_one_and_the_same_403(
    client: FlaskClient, session: Session, query: str, method: str
) -> None:
    answer = client.open(
        f"/weixin/main?{query}", method=method, data=pushes.subscribe("a")
    )

    assert (answer.status_code, answer.text) == (403, "Forbidden")
    assert stored(session) == 0


def test_unknown_account_is_forbidden(client: FlaskClient) -> None:
    answer = client.post(pushes.signed("nobody"), data=pushes.subscribe("a"))

    assert answer.status_code == 403


def test_address_without_a_name_needs_a_single_account(
    client: FlaskClient, session: Session
) -> None:
    factories.account(session, "second")

    answer = client.post(
        pushes.signed().replace("/main", ""), data=pushes.subscribe("a")
    )

    assert answer.status_code == 403


def test_token_changed_a_moment_ago_is_taken(
    app: Flask, client: FlaskClient, session: Session, account: Account
) -> None:
    assert client.post(pushes.signed(), data=pushes.text("one")).status_code == 200
    account.token = "changed0"
    session.commit()
    app.extensions["intake"].directory._asked_at -= 1
    signature = pushes.sha1("changed0", "1", "n")

    answer = client.post(
        f"/weixin/main?signature={signature}&timestamp=1&nonce=n",
        data=pushes.text("two", message_id=2),
    )

    assert answer.status_code == 200


# --- modes ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(Mode))
def test_sealed_push_is_read_in_every_mode(
    client: FlaskClient, session: Session, account: Account, mode: Mode
) -> None:
    set_mode(session, account, mode)
    address, body = pushes.sealed(pushes.subscribe("elsewhere"))

    assert client.post(address, data=body).status_code == 200

    assert only_event(session).scene == "elsewhere"


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.COMPATIBLE])
def test_plaintext_is_read_unless_the_mode_is_safe(
    client: FlaskClient, session: Session, account: Account, mode: Mode
) -> None:
    set_mode(session, account, mode)

    answer = client.post(pushes.signed(), data=pushes.subscribe("elsewhere"))

    assert answer.status_code == 200
    assert stored(session) == 1


def test_plaintext_to_an_account_in_safe_mode_is_refused(
    client: FlaskClient, session: Session, account: Account
) -> None:
    set_mode(session, account, Mode.SAFE)

    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert (answer.status_code, answer.text) == (403, "Forbidden")
    assert stored(session) == 0


def test_right_signature_with_wrong_msg_signature_is_refused(
    client: FlaskClient, session: Session
) -> None:
    _, body = pushes.sealed(pushes.subscribe("a"))
    signature = pushes.sha1(factories.TOKEN, pushes.TIMESTAMP, pushes.NONCE)

    answer = client.post(
        pushes.signed(encrypt_type="aes", msg_signature=signature), data=body
    )

    assert answer.status_code == 403
    assert stored(session) == 0


def sealed_badly(encrypted: str) -> tuple[str, str]:
    signature = pushes.sha1(factories.TOKEN, pushes.TIMESTAMP, pushes.NONCE, encrypted)
    address = pushes.signed(encrypt_type="aes", msg_signature=signature)
    return address, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"


@pytest.mark.parametrize("encrypted", ["!!!", "QUJD", "A" * 64, "A" * 43 + "="])
def test_what_does_not_open_is_refused(
    client: FlaskClient, session: Session, encrypted: str
) -> None:
    address, body = sealed_badly(encrypted)

    assert client.post(address, data=body).status_code == 403
    assert stored(session) == 0


def test_push_for_another_app_is_refused(client: FlaskClient) -> None:
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, "wx-somebody-else")
    sealed = crypto.encrypt_message(pushes.subscribe("a").decode(), "n", "1")
    encrypted = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    address, body = sealed_badly(encrypted)

    assert client.post(address, data=body).status_code == 403


@pytest.mark.parametrize(
    "body", ["", "<xml></xml>", "not xml", "<xml><Encrypt><a/></Encrypt></xml>"]
)
def test_sealed_push_without_its_seal_is_refused(
    client: FlaskClient, body: str
) -> None:
    address = pushes.signed(encrypt_type="aes", msg_signature="x")

    assert client.post(address, data=body).status_code == 403


def test_key_from_before_a_change_still_opens_and_answers(
    client: FlaskClient, session: Session, account: Account
) -> None:
    account.previous_aes_key, account.aes_key = account.aes_key, "z" * 43
    account.reply_new = GREETING
    session.commit()
    address, body = pushes.sealed(pushes.subscribe())

    answer = client.post(address, data=body)

    assert "欢迎光临" in unseal(answer.text)


def test_token_from_before_a_change_is_taken_until_it_is_forgotten(
    app: Flask, client: FlaskClient, session: Session, account: Account
) -> None:
    account.previous_token, account.token = account.token, "TheNewToken"
    account.reply_new = GREETING
    session.commit()
    address, body = pushes.sealed(pushes.subscribe())

    before = client.post(address, data=body)
    plain = client.get(pushes.signed(echostr="42"))
    app.test_cli_runner().invoke(args=["accounts", "forget-previous", "main"])
    # Every process reads the accounts again once a second: say that it passed.
    app.extensions["intake"].directory._asked_at -= 1
    app.extensions["intake"].directory.read_again()
    after = client.post(address, data=body)

    # Answered with the token that signed it, as the console still expects.
    assert "欢迎光临" in unseal(before.text)
    assert (plain.status_code, after.status_code) == (200, 403)


# --- bad bodies -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"nonsense", 400),
        (b"<xml><CreateTime>soon</CreateTime></xml>", 400),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', 400),
        ("<xml/>".encode("utf-16"), 400),
        (b"<a>" * 500 + b"</a>" * 500, 400),
        (b"<xml>" + b"x" * 65_536, 413),
    ],
)
def test_signed_but_unreadable_is_refused_and_not_stored(
    client: FlaskClient, session: Session, body: bytes, status: int
) -> None:
    assert client.post(pushes.signed(), data=body).status_code == status
    assert stored(session) == 0


def test_compressed_body_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        pushes.signed(),
        data=pushes.subscribe("a"),
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 415


def test_push_needs_no_csrf_token_and_sets_no_cookie(client: FlaskClient) -> None:
    answer = client.post(pushes.signed(), data=pushes.subscribe("a"))

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
