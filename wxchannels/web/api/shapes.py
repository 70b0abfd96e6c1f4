"""What the API takes and gives, as OpenAPI describes it."""

from collections.abc import Mapping

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema

from wxchannels.channels.search import ListState
from wxchannels.models import (
    ChannelState,
    EventClass,
    Kind,
    Lifetime,
    QRCodeState,
    SceneType,
    Source,
)
from wxchannels.web.api.fields import (
    Choice,
    Day,
    GroupPath,
    Moment,
    Reply,
    Scene,
    TagNames,
    Whole,
)
from wxchannels.web.api.problems import MISSING
from wxchannels.wechat.scenes import MAX_EXPIRE_SECONDS, MAX_SCENE_ID, SCENE_STR

#: Ids are numbers of this size, and no list has more pages.
HIGHEST = 2**31 - 1
LARGEST_PAGE = 100
PAGE_SIZE = 50
#: What texts and numbers can be; a permanent number ends at 100,000.
NEW_SCENE = {
    "type": ["string", "integer"],
    "pattern": f"^{SCENE_STR.pattern}$",
    "minimum": 1,
    "maximum": MAX_SCENE_ID,
}
SORTS = ("-created_at", "created_at", "name", "-name")


class Problem(Schema):
    """What every error looks like."""

    code = fields.Integer(required=True, metadata={"description": "the HTTP status"})
    status = fields.String(required=True, metadata={"description": "its phrase"})
    message = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class Asked(Schema):
    """What programs send. A misspelt field is refused, not overlooked."""

    class Meta:
        """Says so to marshmallow."""

        unknown = RAISE


class PageQuery(Asked):
    """Which page of a list is asked for."""

    page = Whole(1, HIGHEST, load_default=1)
    page_size = Whole(1, LARGEST_PAGE, load_default=PAGE_SIZE)


class ListPage(Schema):
    """What every list looks like."""

    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class ChannelChanges(Asked):
    """What a program says about a channel; null clears, what is absent stays."""

    name = fields.String(metadata={"maxLength": 64})
    group = fields.String(allow_none=True)
    tags = fields.List(fields.String(), allow_none=True)
    owner = fields.String(allow_none=True)
    remark = fields.String(allow_none=True, metadata={"maxLength": 500})
    tag_in_wechat = fields.String(allow_none=True, metadata={"maxLength": 30})
    reply_new = Reply(allow_none=True)
    reply_returning = Reply(allow_none=True)
    reply_following = Reply(allow_none=True)


class NewChannel(ChannelChanges):
    """What a channel is opened with."""

    name = fields.String(required=True, metadata={"maxLength": 64})


class Channel(Schema):
    """A channel."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    group = GroupPath(required=True)
    tags = TagNames(required=True)
    owner = fields.String(required=True, allow_none=True)
    remark = fields.String(required=True)
    tag_in_wechat = fields.String(required=True, allow_none=True)
    state = Choice(ChannelState, required=True)
    reply_new = Reply(required=True, allow_none=True)
    reply_returning = Reply(required=True, allow_none=True)
    reply_following = Reply(required=True, allow_none=True)
    created_at = Moment(required=True)


class ChannelQuery(PageQuery):
    """Which channels are asked for. Without a state: those that are not archived."""

    search = fields.String(load_default="")
    group = fields.String(load_default="")
    tag = fields.String(load_default="")
    state = Choice(ListState)
    sort = Choice(SORTS, load_default=SORTS[0])


class ChannelPage(ListPage):
    """A page of channels."""

    items = fields.List(fields.Nested(Channel), required=True)


class NewQRCode(Asked):
    """Which code WeChat is asked for. A scene that is not given is made up."""

    lifetime = Choice(Lifetime, required=True)
    scene = Scene(openapi=NEW_SCENE, allow_none=True, load_default=None)
    expire_seconds = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        metadata={"minimum": 1, "maximum": MAX_EXPIRE_SECONDS},
    )


class QRCode(Schema):
    """A code."""

    id = fields.Integer(required=True)
    channel_id = fields.Integer(required=True)
    scene = Scene(required=True)
    scene_type = Choice(SceneType, required=True)
    lifetime = Choice(Lifetime, required=True)
    ticket = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    state = Choice(QRCodeState, required=True)
    issued_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)


class EventQuery(PageQuery):
    """Which events are asked for. Without days: all."""

    start = Day()
    end = Day()
    channel_id = Whole(1, HIGHEST)
    kind = Choice(Kind)
    class_ = Choice(EventClass, data_key="class")

    @validates_schema
    def check_days(self, query: Mapping[str, object], **options: object) -> None:
        """Refuse one end of a period without the other."""
        del options
        given = {"start", "end"} & query.keys()
        if len(given) == 1:
            [missing] = {"start", "end"} - given
            raise ValidationError(MISSING, missing)


class Event(Schema):
    """A push that moves figures, and where it counts."""

    id = fields.Integer(required=True)
    kind = Choice(Kind, required=True)
    class_ = Choice(EventClass, required=True, data_key="class")
    scene = fields.String(required=True, allow_none=True)
    row = Choice(("channel", "no_channel", "unknown_scene"), required=True)
    channel_id = fields.Integer(required=True, allow_none=True)
    source = Choice(Source, required=True, allow_none=True)
    subscribe_scene = fields.String(required=True, allow_none=True)
    follower_id = fields.Integer(required=True)
    is_tester = fields.Boolean(required=True)
    happened_at = Moment(required=True)
    received_at = Moment(required=True)
    lost_at = Moment(required=True, allow_none=True)


class EventPage(ListPage):
    """A page of events, the newest first."""

    items = fields.List(fields.Nested(Event), required=True)
