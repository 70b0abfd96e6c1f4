"""wechatpy in a Flask view, as its documentation shows."""

from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from bench import pushes
from bench.peers import records

app = Flask(__name__)
records.bind(app)


@app.route(pushes.PATH, methods=["GET", "POST"])
def wechat() -> str:
    """Check the signature, record a follow, greet."""
    signature = request.args.get("signature", "")
    timestamp = request.args.get("timestamp", "")
    nonce = request.args.get("nonce", "")
    try:
        check_signature(pushes.TOKEN, signature, timestamp, nonce)
    except InvalidSignatureException:
        abort(403)
    if request.method == "GET":
        return request.args.get("echostr", "")
    message = parse_message(request.data)
    if message.type == "event" and message.event == "subscribe_scan":
        text = records.follow(
            message.source,
            message.scene_id,
            records.moment(int(message.create_time.timestamp())),
            request.data,
        )
        reply = create_reply(text, message)
    else:
        reply = create_reply("", message)
    return reply.render()
