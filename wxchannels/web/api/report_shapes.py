"""What the API takes and gives about figures."""

from marshmallow import Schema, fields

from wxchannels.web.api.fields import Choice, Day, Moment, Whole
from wxchannels.web.api.shapes import HIGHEST, Asked

INTERVALS = ("day", "hour")


class PeriodQuery(Asked):
    """The days of a report, both included."""

    start = Day(required=True)
    end = Day(required=True)


class ReportQuery(PeriodQuery):
    """Which channels are asked for; without `search` and `group`, all."""

    search = fields.String(load_default="")
    group = fields.String(load_default="")


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
    """What adds up. Null is "nothing known": before the first contact, or to come."""

    scans = fields.Integer(required=True, allow_none=True)
    new_follows = fields.Integer(required=True, allow_none=True)
    refollows = fields.Integer(required=True, allow_none=True)
    follower_scans = fields.Integer(required=True, allow_none=True)
    unfollows = fields.Integer(required=True, allow_none=True)
    net_follows = fields.Integer(required=True, allow_none=True)


class Row(Figures):
    """A row of the report; only a channel's has an id and a name.

    The rate is a share of one; null where no follow was won.
    """

    channel_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    scanners = fields.Integer(required=True, allow_none=True)
    followers_now = fields.Integer(required=True)
    unfollow_rate = fields.Float(required=True, allow_none=True)


class ChannelReport(Schema):
    """Channels, no channel and unknown scene make the total."""

    period = fields.Nested(Period, required=True)
    rows = fields.List(fields.Nested(Row), required=True)
    no_channel = fields.Nested(Row, required=True)
    unknown_scene = fields.Nested(Row, required=True)
    total = fields.Nested(Row, required=True)
    #: Where only some channels are asked for: theirs.
    narrowed_total = fields.Nested(Row)


class Point(Figures):
    """The figures of a day (`2026-03-02`) or of an hour (its first moment in UTC)."""

    at = fields.String(required=True)
    unfinished = fields.Boolean(required=True)


class Series(Schema):
    """A point for every day or hour of the period."""

    period = fields.Nested(Period, required=True)
    interval = Choice(INTERVALS, required=True)
    points = fields.List(fields.Nested(Point), required=True)


class RetentionQuery(PeriodQuery):
    """Which cohorts are asked for."""

    channel_id = Whole(1, HIGHEST)


class Cohort(Schema):
    """The people newly won on a day. Null is "not yet", nobody, or nothing known."""

    day = Day(required=True)
    unfinished = fields.Boolean(required=True)
    new_follows = fields.Integer(required=True, allow_none=True)
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
