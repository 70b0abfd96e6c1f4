"""What the API takes and gives about who somebody is: authorizations, bindings."""

from marshmallow import Schema, fields

from wxchannels.members.codes import LEAST_SECONDS, MOST_SECONDS
from wxchannels.models import BindingState
from wxchannels.web.api.fields import Choice, Moment
from wxchannels.web.api.shapes import Asked, ListPage, PageQuery
from wxchannels.wechat.oauth import Scope


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


class NewBinding(Asked):
    """Which member is to be bound to whoever scans and confirms."""

    member = fields.String(required=True, metadata={"maxLength": 64})
    expire_seconds = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        metadata={"minimum": LEAST_SECONDS, "maximum": MOST_SECONDS},
    )
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
    state = Choice(BindingState)


class BindingPage(ListPage):
    """A page of bindings, the newest first."""

    items = fields.List(fields.Nested(Binding), required=True)
