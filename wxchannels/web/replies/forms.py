"""The forms: they carry what was typed; what is wrong with it the business says."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FormField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from wxchannels.channels.rules import RuleFields
from wxchannels.models import Match, ReplyRule, Trigger
from wxchannels.web.reply_form import ReplyForm, fields_of


class DefaultsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What people read where the channel has no reply of its own."""

    reply_new = FormField(ReplyForm, _("New followers"))
    reply_returning = FormField(ReplyForm, _("Returning followers"))
    reply_following = FormField(ReplyForm, _("Followers who scan"))


class RuleForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A rule: what it answers, by which words, with which reply."""

    answers = RadioField(
        _("Answers to"),
        choices=[
            SelectChoice(Trigger.MESSAGE.value, _("A message")),
            SelectChoice(Trigger.MENU.value, _("A menu button")),
        ],
        default=Trigger.MESSAGE.value,
        # What is none of these is the business's to refuse, in our own words.
        validate_choice=False,
    )
    matching = RadioField(
        _("The message"),
        choices=[
            SelectChoice(Match.CONTAINS.value, _("contains")),
            SelectChoice(Match.EQUALS.value, _("is exactly")),
            SelectChoice(Match.PATTERN.value, _("fits the pattern")),
        ],
        default=Match.CONTAINS.value,
        validate_choice=False,
    )
    words = TextAreaField(
        _("Words, or keys of buttons"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    reply = FormField(ReplyForm, _("Reply"))

    def fields(self) -> RuleFields:
        """Return what was typed."""
        return RuleFields(
            answers=self.answers.data or "",
            # A rule for buttons has no use for it, and its radio may be hidden.
            matching=self.matching.data or Match.CONTAINS.value,
            words=self.words.data or "",
            reply=self.reply.form.given(),
        )

    @classmethod
    def showing(cls, rule: ReplyRule) -> "RuleForm":
        """Return the form filled with what the rule is."""
        return cls(
            formdata=None,
            answers=rule.answers,
            matching=rule.matching,
            words="\n".join(rule.words),
            reply=fields_of(rule.reply),
        )


class FallbackForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What messages are answered that no rule fits."""

    reply = FormField(ReplyForm, _("Reply to all other messages"))
