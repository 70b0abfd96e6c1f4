"""Pictures of codes: public, as the codes themselves are, and the same for ever."""

import hashlib

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from wxchannels.accounts import accounts
from wxchannels.channels.pictures import (
    DEFAULT_SCALE,
    MEDIA_TYPES,
    Format,
    bounded_scale,
    draw,
)
from wxchannels.channels.qrcodes import find_by_scene
from wxchannels.extensions import db
from wxchannels.models import Account

bp = Blueprint("pictures", __name__, url_prefix="/qrcode")

#: A scene is given to one code once and never changes its picture.
CACHE_SECONDS = 86_400


@bp.get("/<slug>/<name>")
def show(slug: str, name: str) -> Response:
    """Show the picture of a code: its scene, then `.png` or `.svg`."""
    return _picture(accounts.find_account(db.session(), slug), name)


@bp.get("/<name>")
def show_of_only_account(name: str) -> Response:
    """Show the picture of a code, where there is only one account."""
    return _picture(accounts.only_account(db.session()), name)


def _picture(account: Account | None, name: str) -> Response:
    found = _find(account, name) if account else None
    if found is None:
        abort(404)
    url, kind = found
    asked = request.args.get("scale", default=DEFAULT_SCALE, type=int)
    scale = bounded_scale(asked)
    response = Response(mimetype=MEDIA_TYPES[kind])
    response.set_etag(_digest(f"{url} {kind} {scale}"))
    response.cache_control.public = True
    response.cache_control.max_age = CACHE_SECONDS
    # Drawn only for those who do not have it yet.
    if not request.if_none_match.contains(response.get_etag()[0] or ""):
        response.set_data(draw(url, kind, scale=scale))
    return response.make_conditional(request)


def _find(account: Account, name: str) -> tuple[str, Format] | None:
    """Return what the code says and how to draw it.

    A scene may hold dots, even end like a format: the ending is read as one first.
    """
    stem, _, ending = name.rpartition(".")
    readings = [(name, Format.PNG)]
    if stem and ending in set(Format):
        readings.insert(0, (stem, Format(ending)))
    for scene, kind in readings:
        code = find_by_scene(db.session(), account, scene)
        if code is not None and code.url:
            return code.url, kind
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
