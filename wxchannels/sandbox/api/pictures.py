"""/cgi-bin/showqrcode, which on the real platform lives at mp.weixin.qq.com."""

import io

import segno
from flask import Blueprint, Response, request

from wxchannels.sandbox.state import current_world

MODULE_PIXELS = 10
NO_SUCH_TICKET = "<!doctype html><title>404</title><h1>404 Not Found</h1>"


bp = Blueprint("pictures", __name__)


@bp.get("/cgi-bin/showqrcode")
def show_qrcode() -> Response:
    """Draw the code of a ticket; an unescaped `+` in it arrives as a blank: 404.

    The bytes are a PNG although the header says image/jpg, as the platform writes it:
    what counts here is the code, and segno draws no JPEG.
    """
    ticket = request.args.get("ticket", "")
    for account in current_world().accounts.values():
        if ticket in account.qrcodes:
            return Response(
                draw_png(account.qrcodes[ticket].url),
                headers={
                    "Content-Type": "image/jpg",
                    "Cache-Control": "max-age=604800",
                    "Accept-Ranges": "bytes",
                },
            )
    return Response(NO_SUCH_TICKET, status=404, content_type="text/html")


def draw_png(content: str) -> bytes:
    """Return a picture of a code that holds `content`."""
    picture = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        picture, kind="png", scale=MODULE_PIXELS, border=4
    )
    return picture.getvalue()
