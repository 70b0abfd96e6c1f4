"""What the API takes and gives, as OpenAPI describes it."""

from marshmallow import RAISE, Schema, fields

from wxchannels.channels.search import ListState
from wxchannels.models import (
    BindingState,
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
from wxchannels.wechat.oauth import Scope

#: Ids are numbers of this size, and no list has more pages.
HIGHEST = 2**31 - 1
LARGEST_PAGE = 100
PAGE_SIZE = 50
SORTS = ("-created_at", "created_at", "name", "-name")
INTERVALS = ("day", "hour")


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
    scene = Scene(allow_none=True, load_default=None)
    expire_seconds = fields.Integer(strict=True, allow_none=True, load_default=None)


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


class NewAuthorization(Asked):
    """Who wants to know who is looking, and where the browser goes on."""

    scope = Choice(Scope, load_default=Scope.BASE.value)
    return_url = fields.String(required=True, metadata={"format": "uri"})


class Authorization(Schema):
    """What a browser inside WeChat is sent to."""

    id = fields.String(required=True)
    url = fields.String(required=True, metadata={"format": "uri"})
    scope = Choice(Scope, required=True)
    expires_at = Moment(required=True)


class Redemption(Asked):
    """What the browser came back with."""

    ticket = fields.String(required=True)


class AuthorizedPerson(Schema):
    """Who it was. Without `snsapi_userinfo` there is neither name nor picture."""

    id = fields.String(required=True, metadata={"description": "of the authorization"})
    scope = Choice(Scope, required=True)
    openid = fields.String(required=True)
    unionid = fields.String(required=True, allow_none=True)
    nickname = fields.String(required=True, allow_none=True)
    headimgurl = fields.String(required=True, allow_none=True)
    follower_id = fields.Integer(required=True, allow_none=True)
    following = fields.Boolean(required=True)


class PeriodQuery(Asked):
    """The days of a report, both included."""

    start = Day(required=True)
    end = Day(required=True)


class SeriesQuery(PeriodQuery):
    """Which points are asked for."""

    interval = Choice(INTERVALS, load_default=INTERVALS[0])
    channel_id = Whole(1, HIGHEST)


class Period(Schema):
    """What a report is about."""

    start = Day(required=True)
    end = Day(required=True)
    time_zone = fields.String(required=True)
    data_until = Moment(required=True)


class Figures(Schema):
    """What adds up."""

    scans = fields.Integer(required=True)
    new_follows = fields.Integer(required=True)
    refollows = fields.Integer(required=True)
    follower_scans = fields.Integer(required=True)
    unfollows = fields.Integer(required=True)
    net_follows = fields.Integer(required=True)


class Row(Figures):
    """A row of the report; only a channel's has an id and a name."""

    channel_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    scanners = fields.Integer(required=True)
    followers_now = fields.Integer(required=True)


class ChannelReport(Schema):
    """Channels, no channel and unknown scene make the total."""

    period = fields.Nested(Period, required=True)
    rows = fields.List(fields.Nested(Row), required=True)
    no_channel = fields.Nested(Row, required=True)
    unknown_scene = fields.Nested(Row, required=True)
    total = fields.Nested(Row, required=True)


class Point(Figures):
    """The figures of a day (`2026-03-02`) or of an hour (its first moment in UTC)."""

    at = fields.String(required=True)


class Series(Schema):
    """A point for every day or hour of the period."""

    period = fields.Nested(Period, required=True)
    interval = Choice(INTERVALS, required=True)
    points = fields.List(fields.Nested(Point), required=True)


class RetentionQuery(PeriodQuery):
    """Which cohorts are asked for."""

    channel_id = Whole(1, HIGHEST)


class Cohort(Schema):
    """The people newly won on a day. Null is "not yet", or nobody to speak of."""

    day = Day(required=True)
    new_follows = fields.Integer(required=True)
    retained_1 = fields.Integer(required=True, allow_none=True)
    retained_7 = fields.Integer(required=True, allow_none=True)
    retained_30 = fields.Integer(required=True, allow_none=True)
    retention_1 = fields.Float(required=True, allow_none=True)
    retention_7 = fields.Float(required=True, allow_none=True)
    retention_30 = fields.Float(required=True, allow_none=True)


class Retention(Schema):
    """A cohort for every day of the period."""

    period = fields.Nested(Period, required=True)
    cohorts = fields.List(fields.Nested(Cohort), required=True)


class NewBinding(Asked):
    """Which member is to be bound to whoever scans and confirms."""

    member = fields.String(required=True, metadata={"maxLength": 64})
    expire_seconds = fields.Integer(strict=True, allow_none=True, load_default=None)
    return_url = fields.String(allow_none=True, load_default=None)


class Binding(Schema):
    """A member who is bound to a follower, was, or may be soon."""

    id = fields.Integer(required=True)
    member = fields.String(required=True)
    state = Choice(BindingState, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    bound_at = Moment(required=True, allow_none=True)
    unbound_at = Moment(required=True, allow_none=True)


class BindingCode(Binding):
    """A binding that waits to be scanned, with what is shown only now."""

    url = fields.String(required=True)
    ticket = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    page_url = fields.String(required=True)
    image_url = fields.String(required=True)


class BindingQuery(PageQuery):
    """Which bindings are asked for."""

    member = fields.String(load_default="")
    state = Choice(BindingState, load_default=None)


class BindingPage(ListPage):
    """A page of bindings, the newest first."""

    items = fields.List(fields.Nested(Binding), required=True)
