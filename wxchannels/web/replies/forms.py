"""The forms: they carry what was typed; what is wrong with it the business says."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FormField

from wxchannels.web.reply_form import ReplyForm


class DefaultsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What people read where the channel has no reply of its own."""

    reply_new = FormField(ReplyForm, _("New followers"))
    reply_returning = FormField(ReplyForm, _("Returning followers"))
    reply_following = FormField(ReplyForm, _("Followers who scan"))
