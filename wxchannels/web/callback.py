"""The URL WeChat calls. Its caller is a machine: no session, no CSRF, no HTML."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs

from flask import Blueprint, Response, abort, current_app, g, request
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from wxchannels import clock
from wxchannels.intake.directory import CallbackKeys
from wxchannels.intake.intake import Intake, NotStoredError
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.inbox import Delivery
from wxchannels.models import Mode
from wxchannels.wechat import crypto, pushes, replies, signature
from wxchannels.wechat.errors import BadSignatureError, MalformedPushError

bp = Blueprint("callback", __name__)

MAX_BYTES = pushes.MAX_BYTES
SUCCESS = "success"


@dataclass(frozen=True)
class Opened:
    """A push that WeChat signed, and the key to answer with if it was sealed."""

    body: bytes
    aes_key: str | None


@dataclass(frozen=True)
class Signer:
    """The account that a request is for, and which of its tokens signed it."""

    keys: CallbackKeys
    token: str


@bp.before_request
def limit_size() -> None:
    """Let Flask read one byte more than we take, so that a longer body shows."""
    request.max_content_length = MAX_BYTES + 1


@bp.get("/weixin")
@bp.get("/weixin/<slug>")
def verify(slug: str | None = None) -> Response:
    """Prove to WeChat's console that this address is ours (wechat.md 3.1)."""
    keys = _check_signature(_keys(slug)).keys
    if not keys.is_verified:
        _intake().note_verified(keys.account_id, at=clock.utcnow())
    # As plain text: echostr is covered by no signature, a browser must not render it.
    return Response(_echostr(), content_type="text/plain")


@bp.post("/weixin")
@bp.post("/weixin/<slug>")
def receive(slug: str | None = None) -> Response:
    """Store one push and answer it within WeChat's five seconds (wechat.md 3.4)."""
    keys, body, now = _keys(slug), _read_body(), clock.utcnow()
    signer = _check_signature(keys)
    opened = _open(signer, body)
    try:
        push = pushes.parse(opened.body)
    except MalformedPushError:
        abort(400)
    delivery = Delivery(push=push, body=opened.body, received_at=now)
    try:
        g.answer = _intake().submit(keys.account_id, delivery)
    except NotStoredError:
        # The one case in which WeChat should send the push again.
        return Response("not stored", status=500, content_type="text/plain")
    return _reply(signer, opened, push, g.answer)


@bp.errorhandler(HTTPException)
def refuse(error: HTTPException) -> Response:
    """Say no more than the status: whoever forges a push learns nothing from it."""
    status = error.code or 500
    text = HTTP_STATUS_CODES.get(status, "")
    return Response(text, status=status, content_type="text/plain")


def _intake() -> Intake:
    intake: Intake = current_app.extensions["intake"]
    return intake


def _keys(slug: str | None) -> CallbackKeys:
    directory = _intake().directory
    keys = directory.find(slug)
    if keys is None:
        # An account that we could not read about may be genuine: to be sent again.
        abort(403 if directory.is_current else 500)
    return keys


def _echostr() -> bytes:
    """Return echostr as the bytes it came in, text or not."""
    query = parse_qs(request.query_string.decode("latin-1"), encoding="latin-1")
    return query.get("echostr", [""])[0].encode("latin-1")


def _single(name: str) -> str:
    """Return a query argument that is there exactly once, else nothing."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 else ""


def _check_signature(keys: CallbackKeys) -> Signer:
    timestamp = _single("timestamp")
    if not (timestamp.isascii() and timestamp.isdigit()):
        abort(403)
    signed = (timestamp, _single("nonce"))
    if signer := _find_signer(keys, *signed):
        return signer
    # The token may just have been changed on another host.
    directory = _intake().directory
    directory.read_again()
    fresh = directory.find(keys.slug)
    if fresh and (signer := _find_signer(fresh, *signed)):
        return signer
    raise Forbidden


def _find_signer(keys: CallbackKeys, *signed: str) -> Signer | None:
    for token in keys.tokens:
        if signature.is_signed(_single("signature"), token, *signed):
            return Signer(keys, token)
    return None


def _read_body() -> bytes:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415)
    # gunicorn cuts a chunked body at the limit without a word, so we count.
    body = request.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        abort(413)
    return body


def _open(signer: Signer, body: bytes) -> Opened:
    """Return the push in plain, or refuse it: forged, downgraded, unreadable."""
    encrypt_type = request.args.get("encrypt_type", "raw")
    if encrypt_type != "aes":
        if signer.keys.mode is Mode.SAFE:
            abort(403)
        return Opened(body, None)
    try:
        encrypted = pushes.read_fields(body).get("Encrypt")
    except MalformedPushError:
        abort(403)
    if not isinstance(encrypted, str):
        abort(403)
    signed = (_single("timestamp"), _single("nonce"), encrypted)
    if not signature.is_signed(_single("msg_signature"), signer.token, *signed):
        abort(403)
    return _unseal(signer.keys, encrypted)


def _unseal(keys: CallbackKeys, encrypted: str) -> Opened:
    """Open with the current key, else with the one before (wechat.md 3.2)."""
    for aes_key in keys.aes_keys:
        with suppress(BadSignatureError):
            return Opened(crypto.open_message(encrypted, aes_key, keys.app_id), aes_key)
    raise Forbidden


def _reply(
    signer: Signer, opened: Opened, push: pushes.Push, answer: Answer
) -> Response:
    """Say `answer` as WeChat wants it: XML, sealed where the push was."""
    # A JSON push has no reply format that the platform documents for us.
    if answer.reply is None or opened.body.lstrip()[:1] == b"{":
        return Response(SUCCESS, content_type="text/plain")
    now = clock.utcnow()
    reply = replies.from_mapping(answer.reply)
    xml = replies.render(reply, to=push.openid, sender=push.to_user, at=now)
    if opened.aes_key is not None:
        xml = replies.seal_reply(
            xml,
            token=signer.token,
            aes_key=opened.aes_key,
            app_id=signer.keys.app_id,
            timestamp=str(int(now.timestamp())),
            nonce=_single("nonce"),
        )
    return Response(xml, content_type="application/xml; charset=utf-8")
