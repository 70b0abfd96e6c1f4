"""The URL WeChat calls. Its caller is a machine: no session, no CSRF, no HTML."""

import time
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from wxchannels import clock
from wxchannels.channels.speaking import speak
from wxchannels.intake.directory import CallbackKeys
from wxchannels.intake.intake import SPOOLED, Intake, NotStoredError
from wxchannels.intake.store import PARKED
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery
from wxchannels.metrics.metrics import Metrics
from wxchannels.metrics.pushes import Outcome
from wxchannels.models import Mode, SightingKind
from wxchannels.web.calls import Call
from wxchannels.wechat import crypto, pushes, replies, signature
from wxchannels.wechat.errors import BadSignatureError, MalformedPushError

bp = Blueprint("callback", __name__)

SUCCESS = "success"
TEXT, XML = "text/plain", "application/xml; charset=utf-8"
REFUSALS = {
    400: Outcome.MALFORMED,
    403: Outcome.FORBIDDEN,
    413: Outcome.TOO_LARGE,
    415: Outcome.ENCODED,
}
#: What WeChat takes amiss, and holds against us if it happens too often.
TROUBLES = {
    **dict.fromkeys(REFUSALS.values(), SightingKind.REFUSED),
    Outcome.NOT_STORED: SightingKind.FAILED,
}
#: Then it has given up (wechat.md 3.4).
PATIENCE_SECONDS = 5.0


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


@bp.get("/weixin")
@bp.get("/weixin/<slug>")
def verify(slug: str | None = None) -> Response:
    """Prove to WeChat's console that this address is ours (wechat.md 3.1)."""
    call = Call(request.environ)
    keys = _check_signature(call, _keys(slug)).keys
    intake, now = _intake(), clock.utcnow()
    if not keys.is_verified:
        intake.note_verified(keys.account_id, at=now)
    intake.note_sighting(keys.account_id, SightingKind.VERIFIED, at=now)
    # As plain text: echostr is covered by no signature, a browser must not render it.
    response = _say(call.echostr)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.post("/weixin")
@bp.post("/weixin/<slug>")
def receive(slug: str | None = None) -> Response:
    """Store one push and answer it within WeChat's five seconds (wechat.md 3.4).

    Counts it here and not in hooks: each of those costs as much as a signature.
    """
    came_at, outcome = time.perf_counter(), Outcome.NOT_STORED
    try:
        response, outcome = _receive(Call(request.environ), slug)
    except HTTPException as error:
        response = refuse(error)
        outcome = REFUSALS.get(response.status_code, outcome)
    finally:
        metrics: Metrics = current_app.extensions["metrics"]
        took = time.perf_counter() - came_at
        metrics.pushes.add(outcome, took)
        if outcome in TROUBLES or took > PATIENCE_SECONDS:
            _note_trouble(slug, TROUBLES.get(outcome, SightingKind.LATE))
    return response


@bp.errorhandler(HTTPException)
def refuse(error: HTTPException) -> Response:
    """Say no more than the status: whoever forges a push learns nothing from it."""
    status = error.code or 500
    return _say(HTTP_STATUS_CODES.get(status, ""), status=status)


def _receive(call: Call, slug: str | None) -> tuple[Response, Outcome]:
    keys, body, now = _keys(slug), call.read_body(), clock.utcnow()
    signer = _check_signature(call, keys)
    opened = _open(call, signer, body)
    try:
        push = pushes.parse(opened.body)
    except MalformedPushError:
        abort(400)
    delivery = Delivery(push=push, body=opened.body, received_at=now)
    try:
        answer = _intake().submit(keys.account_id, delivery)
    except NotStoredError:
        # The one case in which WeChat should send the push again.
        return _say("not stored", status=500), Outcome.NOT_STORED
    return _reply(call, signer, opened, push, answer), _outcome(answer)


def _say(text: str | bytes, content_type: str = TEXT, *, status: int = 200) -> Response:
    return Response(text, status=status, content_type=content_type)


def _outcome(answer: Answer) -> Outcome:
    if answer is SPOOLED:
        return Outcome.SPOOLED
    return Outcome.PARKED if answer is PARKED else Outcome.STORED


def _intake() -> Intake:
    intake: Intake = current_app.extensions["intake"]
    return intake


def _note_trouble(slug: str | None, kind: SightingKind) -> None:
    """Keep when we last gave an answer that WeChat does not like."""
    intake = _intake()
    if keys := intake.directory.look_up(slug):
        intake.note_sighting(keys.account_id, kind, at=clock.utcnow())


def _keys(slug: str | None) -> CallbackKeys:
    directory = _intake().directory
    keys = directory.find(slug)
    if keys is None:
        # An account that we could not read about may be genuine: to be sent again.
        abort(403 if directory.is_current else 500)
    return keys


def _check_signature(call: Call, keys: CallbackKeys) -> Signer:
    timestamp = call.single("timestamp")
    if not (timestamp.isascii() and timestamp.isdigit()):
        abort(403)
    given, signed = call.single("signature"), (timestamp, call.single("nonce"))
    if signer := _find_signer(keys, given, *signed):
        return signer
    # The token may just have been changed on another host.
    directory = _intake().directory
    directory.read_again()
    fresh = directory.find(keys.slug)
    if fresh and (signer := _find_signer(fresh, given, *signed)):
        return signer
    raise Forbidden


def _find_signer(keys: CallbackKeys, given: str, *signed: str) -> Signer | None:
    for token in keys.tokens:
        if signature.is_signed(given, token, *signed):
            return Signer(keys, token)
    return None


def _open(call: Call, signer: Signer, body: bytes) -> Opened:
    """Return the push in plain, or refuse it: forged, downgraded, unreadable."""
    if not call.is_sealed:
        if signer.keys.mode is Mode.SAFE:
            abort(403)
        return Opened(body, None)
    try:
        encrypted = pushes.read_fields(body).get("Encrypt")
    except MalformedPushError:
        abort(403)
    if not isinstance(encrypted, str):
        abort(403)
    signed = (call.single("timestamp"), call.single("nonce"), encrypted)
    if not signature.is_signed(call.single("msg_signature"), signer.token, *signed):
        abort(403)
    return _unseal(signer.keys, encrypted)


def _unseal(keys: CallbackKeys, encrypted: str) -> Opened:
    """Open with the current key, else with the one before (wechat.md 3.2)."""
    for aes_key in keys.aes_keys:
        with suppress(BadSignatureError):
            return Opened(crypto.open_message(encrypted, aes_key, keys.app_id), aes_key)
    raise Forbidden


def _reply(
    call: Call, signer: Signer, opened: Opened, push: pushes.Push, answer: Answer
) -> Response:
    """Say `answer` as WeChat wants it: XML, sealed where the push was."""
    keys, now = signer.keys, clock.utcnow()
    reply = speak(answer, push, account=keys.name, time_zone=keys.time_zone)
    # A JSON push has no reply format that the platform documents for us.
    if reply is None or opened.body.lstrip()[:1] == b"{":
        return _say(SUCCESS)
    xml = replies.render(reply, to=push.openid, sender=push.to_user, at=now)
    if opened.aes_key is not None:
        xml = replies.seal_reply(
            xml,
            token=signer.token,
            aes_key=opened.aes_key,
            app_id=signer.keys.app_id,
            timestamp=str(int(now.timestamp())),
            nonce=call.single("nonce"),
        )
    return _say(xml, XML)
