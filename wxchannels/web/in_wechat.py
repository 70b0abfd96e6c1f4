"""WeChat's own browser keeps no files: who asks for one there is told how to get it."""

from flask import Flask, Response, render_template, request

from wxchannels.web.gate import FILES

#: WeChat's browser calls itself this, among other things.
NAME = "MicroMessenger"


def register(app: Flask) -> None:
    """Look at every request for a file."""
    app.before_request(lead_outside)


def lead_outside() -> Response | None:
    """Say that another browser is needed; WeChat would show nothing, or an error."""
    if NAME not in request.user_agent.string or not request.path.endswith(FILES):
        return None
    response = Response(render_template("in_wechat.html"))
    response.cache_control.no_store = True
    return response
