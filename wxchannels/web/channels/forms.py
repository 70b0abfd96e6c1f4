"""The forms: they carry what was typed; what is wrong with it the business says."""

from typing import TypedDict

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from wxchannels.channels.channels import tag_names
from wxchannels.channels.check import (
    DAY_SECONDS,
    MOST_DAYS,
    BadDaysError,
    BadLifetimeError,
    read_days,
)
from wxchannels.channels.fields import REMARK_LENGTH, ChannelFields
from wxchannels.channels.groups import PATH_LENGTH
from wxchannels.channels.replies import AUDIENCES
from wxchannels.channels.scenes import new_scene, scene_of_form
from wxchannels.models import Channel, Lifetime
from wxchannels.models.channels import (
    NAME_LENGTH,
    SCENE_LENGTH,
    WECHAT_TAG_LENGTH,
)
from wxchannels.web.reply_form import ReplyForm, fields_of

PERMANENT, MONTH, DAYS = "permanent", "month", "days"
LASTING = {PERMANENT: None, MONTH: MOST_DAYS * DAY_SECONDS}


class Wanted(TypedDict):
    """Which code is asked for: the arguments of a plan."""

    lifetime: Lifetime
    expire_seconds: int | None
    scene: str
    label: str


class CodeFields(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What a code is made of."""

    lifetime = RadioField(
        _("Validity"),
        choices=[
            SelectChoice(PERMANENT, _("Permanent")),
            SelectChoice(MONTH, _("Temporary, 30 days")),
            SelectChoice(DAYS, _("Other number of days")),
        ],
        default=PERMANENT,
        # What is none of these is the business's to refuse, in our own words.
        validate_choice=False,
    )
    days = StringField(_("Days"), render_kw={"inputmode": "numeric", "maxlength": 2})
    scene = StringField(
        _("Scene"),
        render_kw={
            "maxlength": SCENE_LENGTH,
            "autocomplete": "off",
            "spellcheck": "false",
        },
    )

    #: Another one in every form that is shown: the same again is the same form again.
    once = HiddenField(filters=[lambda once: once or new_scene()])

    @property
    def mark(self) -> str:
        """What this form has and no other, nor itself when other things are typed."""
        typed = {**self.data, "csrf_token": ""}
        return scene_of_form(str(typed))

    def wanted(self, *, label: str = "") -> Wanted:
        """Return the code that is asked for; raises if it cannot be understood.

        The form sent again as it was asks for the same code.
        """
        seconds = self._seconds()
        return Wanted(
            lifetime=Lifetime.TEMPORARY if seconds else Lifetime.PERMANENT,
            expire_seconds=seconds,
            scene=(self.scene.data or "").strip() or self.mark,
            label=label,
        )

    def _seconds(self) -> int | None:
        """Return how long the code is to last; None is for ever."""
        if self.lifetime.data == DAYS:
            seconds = read_days((self.days.data or "").strip())
            if seconds is None:
                raise BadDaysError
            return seconds
        if self.lifetime.data not in LASTING:
            raise BadLifetimeError
        return LASTING[self.lifetime.data]


class DetailsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What a channel is."""

    name = StringField(
        _("Channel name"),
        [InputRequired(_("Fill this in."))],
        render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"},
    )
    group = StringField(
        _("Group"),
        render_kw={"maxlength": PATH_LENGTH, "list": "groups", "autocomplete": "off"},
    )
    owner = StringField(
        _("In charge"),
        render_kw={"list": "owners", "autocomplete": "off", "inputmode": "email"},
    )
    tags = StringField(_("Tags"), render_kw={"autocomplete": "off"})
    remark = TextAreaField(_("Remark"), render_kw={"maxlength": REMARK_LENGTH})
    tag_in_wechat = StringField(
        _("Tag in WeChat"),
        render_kw={"maxlength": WECHAT_TAG_LENGTH, "autocomplete": "off"},
    )
    reply_new = FormField(ReplyForm, _("New followers"))
    reply_returning = FormField(ReplyForm, _("Returning followers"))
    reply_following = FormField(ReplyForm, _("Followers who scan"))

    def fields(self) -> ChannelFields:
        """Return what was typed."""
        fields = ChannelFields(
            name=self.name.data or "",
            group=self.group.data or "",
            owner=self.owner.data or "",
            tags=self.tags.data or "",
            remark=self.remark.data or "",
            tag_in_wechat=self.tag_in_wechat.data or "",
        )
        for audience in AUDIENCES:
            fields[audience] = self[audience].form.given()
        return fields

    @classmethod
    def showing(cls, channel: Channel, **others: object) -> "DetailsForm":
        """Return the form filled with what the channel is; `others` go before it."""
        values: dict[str, object] = {
            name: fields_of(getattr(channel, name)) for name in AUDIENCES
        }
        values |= {
            "name": channel.name,
            "group": channel.group.path if channel.group else "",
            "owner": channel.owner or "",
            "tags": ", ".join(tag_names(channel)),
            "remark": channel.remark,
            "tag_in_wechat": channel.tag_in_wechat or "",
        }
        return cls(formdata=None, **{**values, **others})


class GroupForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """One group: where it goes, and its tag in WeChat."""

    path = HiddenField()
    group = StringField(_("New path"))
    tag_in_wechat = StringField(_("Tag in WeChat"))
    merge = BooleanField(_("Merge the two groups"))


class NewChannelForm(DetailsForm, CodeFields):
    """A channel with its first code."""


class CodeForm(CodeFields):
    """Another code for a channel."""

    label = StringField(
        _("Label"), render_kw={"maxlength": NAME_LENGTH, "autocomplete": "off"}
    )
    replaces = BooleanField(_("Disable existing codes"))
