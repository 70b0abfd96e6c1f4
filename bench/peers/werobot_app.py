"""WeRoBot behind its own Flask view."""

from flask import Flask, request
from werobot import WeRoBot
from werobot.contrib.flask import make_view
from werobot.messages.events import SubscribeEvent

from bench import pushes
from bench.peers import records

robot = WeRoBot(token=pushes.TOKEN, enable_session=False)


@robot.subscribe
def subscribe(message: SubscribeEvent) -> str:
    """Record the follow and greet."""
    return records.follow(
        message.source,
        message.key.removeprefix("qrscene_"),
        records.moment(message.time),
        request.data,
    )


app = Flask(__name__)
records.bind(app)
app.add_url_rule(
    pushes.PATH,
    endpoint="werobot",
    view_func=make_view(robot),
    methods=["GET", "POST"],
)
