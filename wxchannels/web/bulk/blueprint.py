"""The blueprint of these pages: they are for those who make channels."""

from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint

bp = account_blueprint(
    "bulk",
    __name__,
    prefix="bulk",
    read=Action.MANAGE_CHANNELS,
    write=Action.MANAGE_CHANNELS,
)

ONE = "/<int(max=2147483647):run_id>"
