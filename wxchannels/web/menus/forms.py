"""The form of a button: it carries what was typed; what is wrong the business says."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField

from wxchannels.channels.words import one_line
from wxchannels.menus.buttons import FIELDS, PARENT, Button
from wxchannels.web.menus.words import FIELD_NAMES, OPENS

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ButtonForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A button of either level."""

    revision = HiddenField()
    name = StringField(FIELD_NAMES["name"], render_kw={"autocomplete": "off"})
    # What is none of WeChat's kinds is the business's to refuse, in our own words.
    type = RadioField(_("When tapped"), choices=[], validate_choice=False)
    url = StringField(FIELD_NAMES["url"], render_kw={**PLAIN, "inputmode": "url"})
    appid = StringField(FIELD_NAMES["appid"], render_kw=PLAIN)
    pagepath = StringField(FIELD_NAMES["pagepath"], render_kw=PLAIN)
    key = StringField(FIELD_NAMES["key"], render_kw=PLAIN)
    media_id = StringField(FIELD_NAMES["media_id"], render_kw=PLAIN)
    article_id = StringField(FIELD_NAMES["article_id"], render_kw=PLAIN)

    @classmethod
    def showing(cls, button: Button) -> "ButtonForm":
        """Return the form filled in with the button."""
        carried = {name: getattr(button, name) for name in FIELDS}
        kind = OPENS if button.is_parent else button.type
        return cls(formdata=None, name=button.name, type=kind, **carried)

    def button(self) -> Button:
        """Return the button that was typed in, without the blanks around its texts."""
        kind: str = self.type.data or ""
        texts: Any = {name: one_line(self[name].data or "") for name in FIELDS}
        return Button(
            name=one_line(self.name.data or ""),
            type=PARENT if kind == OPENS else kind,
            **texts,
        )

    def revision_seen(self) -> int:
        """Return which draft the form was filled in on; none is older than 0."""
        text: str = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() else -1

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any((self[name].data or "").strip() for name in ("name", *FIELDS))
