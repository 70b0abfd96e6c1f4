"""The fields of a reply of any kind, in the forms of accounts, channels and rules."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from wxchannels.wechat.replies import MAX_TEXT_BYTES

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
ADDRESS = {"inputmode": "url", **PLAIN}
TEXT, NEWS = "text", "news"
#: Which fields make a reply of each kind; of an article's the only article.
PARTS = {
    TEXT: ("content",),
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id", "title", "description"),
    "music": ("thumb_media_id", "title", "description", "music_url", "hq_music_url"),
    NEWS: ("title", "description", "url", "pic_url"),
    "transfer_customer_service": ("account",),
}


class ReplyForm(Form):  # type: ignore[misc] # WTForms has no types
    """One reply. What is typed for another kind stays in its field."""

    kind = SelectField(
        _("Kind"),
        choices=[
            SelectChoice(TEXT, _("Text")),
            SelectChoice(NEWS, _("Article")),
            SelectChoice("image", _("Picture")),
            SelectChoice("voice", _("Recording")),
            SelectChoice("video", _("Video")),
            SelectChoice("music", _("Music")),
            SelectChoice("transfer_customer_service", _("Customer service")),
        ],
        default=TEXT,
        # What is none of these is the business's to refuse, in our own words.
        validate_choice=False,
    )
    content = TextAreaField(_("Text"), render_kw={"data-bytes": MAX_TEXT_BYTES})
    media_id = StringField(_("Media ID"), render_kw=PLAIN)
    thumb_media_id = StringField(_("Media ID of the cover"), render_kw=PLAIN)
    title = StringField(_("Title"), render_kw={"autocomplete": "off"})
    description = TextAreaField(_("Description"), render_kw={"rows": 2})
    url = StringField(_("Address it leads to"), render_kw=ADDRESS)
    pic_url = StringField(_("Address of the picture"), render_kw=ADDRESS)
    music_url = StringField(_("Address of the music"), render_kw=ADDRESS)
    hq_music_url = StringField(_("The same in high quality"), render_kw=ADDRESS)
    account = StringField(_("Customer service account"), render_kw=PLAIN)

    def given(self) -> dict[str, Any] | str:
        """Return the reply as it was typed; an empty text is none."""
        kind = self.kind.data or TEXT
        if kind == TEXT:
            return self.content.data or ""
        parts = {name: (self[name].data or "").strip() for name in PARTS.get(kind, ())}
        return {"kind": kind, **({"articles": [parts]} if kind == NEWS else parts)}


def fields_of(reply: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a `ReplyForm` shows of a stored reply."""
    if reply is None:
        return {}
    article = reply["articles"][0] if reply["kind"] == NEWS else {}
    return {**reply, **article}
