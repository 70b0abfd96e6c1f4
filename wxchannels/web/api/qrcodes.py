"""QR codes, for programs."""

from datetime import datetime
from typing import Any

from flask import Response, g

from wxchannels import clock
from wxchannels.channels import channels, qrcodes
from wxchannels.channels.pictures import MEDIA_TYPES, Format, draw
from wxchannels.extensions import db
from wxchannels.models import Lifetime, QRCode, SceneType
from wxchannels.web import wechat
from wxchannels.web.api import keys, shapes
from wxchannels.web.api.blueprint import ApiBlueprint

bp = ApiBlueprint("qrcodes", prefix="", read="channels:read", write="channels:write")


@bp.post(
    "/channels/<int:channel_id>/qrcodes", takes=shapes.NewQRCode, gives=shapes.QRCode
)
def issue_qrcode(asked: dict[str, Any], channel_id: int) -> dict[str, Any]:
    """Have WeChat make a code. It is asked now: the answer carries the code."""
    session, now = db.session(), clock.utcnow()
    qrcodes.check_is_open(channels.get_channel(session, g.account, channel_id))
    asked["lifetime"] = Lifetime(asked["lifetime"])
    plan = qrcodes.plan_qrcode(session, g.account, **asked)
    client = wechat.client_for(g.account)
    session.commit()
    ticket = qrcodes.ask_wechat(session, client, plan)
    channel = channels.get_channel(session, g.account, channel_id)
    qrcode = qrcodes.record_qrcode(session, channel, plan, ticket, at=now)
    keys.note("qrcode.issue", qrcode.id, at=now)
    session.commit()
    return describe(qrcode, now=now)


@bp.get("/qrcodes/<int:qrcode_id>", gives=shapes.QRCode)
def show_qrcode(qrcode_id: int) -> dict[str, Any]:
    """Show a code."""
    qrcode = qrcodes.get_qrcode(db.session(), g.account, qrcode_id)
    return describe(qrcode, now=clock.utcnow())


@bp.get_picture("/qrcodes/<int:qrcode_id>/image.png", MEDIA_TYPES[Format.PNG])
def show_png(qrcode_id: int) -> Response:
    """Show a code's picture as PNG."""
    return _picture(qrcode_id, Format.PNG)


@bp.get_picture("/qrcodes/<int:qrcode_id>/image.svg", MEDIA_TYPES[Format.SVG])
def show_svg(qrcode_id: int) -> Response:
    """Show a code's picture as SVG."""
    return _picture(qrcode_id, Format.SVG)


def _picture(qrcode_id: int, kind: Format) -> Response:
    qrcode = qrcodes.get_qrcode(db.session(), g.account, qrcode_id)
    if qrcode.url is None:
        raise qrcodes.PendingQRCodeError
    return Response(draw(qrcode.url, kind), mimetype=MEDIA_TYPES[kind])


def describe(qrcode: QRCode, *, now: datetime) -> dict[str, Any]:
    """Return the code as programs see it at `now`; its scene is what they gave."""
    is_number = qrcode.scene_type == SceneType.INT
    kept = ("id", "channel_id", "scene_type", "lifetime", "ticket", "url")
    return {
        **{name: getattr(qrcode, name) for name in (*kept, "issued_at", "expires_at")},
        "scene": int(qrcode.scene) if is_number else qrcode.scene,
        "state": qrcode.state_at(now),
    }
