"""A page with every part, served to a real browser."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, flash, g, render_template, request
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from tests import factories
from tests.applications import Applications
from tests.factories import NOON
from tests.web.browser import Browser
from wxchannels.extensions import db
from wxchannels.models import Account, User

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

METRICS = (
    "scans",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
)


class PartsForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A field of every kind."""

    name = StringField("Channel name", [DataRequired()])
    group = SelectField(
        "Group", choices=[SelectChoice("a", "Fairs"), SelectChoice("b", "Shops")]
    )
    life = RadioField(
        "Validity",
        choices=[SelectChoice("p", "Permanent"), SelectChoice("t", "Temporary")],
    )
    reply = TextAreaField("Text")
    stay = BooleanField("Stay signed in")


def point(day: int, **fields: object) -> dict[str, Any]:
    """Return the figures of a day; the fourth is missing."""
    figures: dict[str, Any] = dict.fromkeys(METRICS, None if day == 4 else 10 * day)
    return {"at": f"2026-11-{day:02}", **figures, **fields}


def show_parts() -> str:
    """Render every part once."""
    g.account = db.session.scalars(select(Account)).first()
    if "flash" in request.args:
        flash("Archived “Counter”.")
        offer: Any = {"sentence": "Disabled “Table”.", "url": "/main/enable"}
        flash(offer, "undo")
        flash("WeChat refused (error 40164).", "error")
    form = PartsForm()
    if "wrong" in request.args:
        form.name.errors = ["A name is needed."]
        form.form_errors = ["The list changed in the meantime."]
    return render_template(
        "parts.html",
        form=form,
        data_until=NOON,
        figures=[("scans", 355, 331), ("unfollows", 113, 95), ("net_follows", -5, 0)],
        points=[point(1), point(2, note="Fair"), point(3), point(4), point(5)],
        replies=[
            None,
            {"kind": "text", "content": '<a href="https://shop.example/">Here</a>'},
            {"kind": "news", "articles": [{"title": "Menu", "description": "Tea"}]},
            {"kind": "video", "media_id": "m", "title": "Tea"},
            {"kind": "transfer_customer_service"},
        ],
    )


@pytest.fixture
def client(app: Flask) -> Browser:
    """Return a browser whose requests share nothing, not even a language."""
    return Browser(app)


@pytest.fixture
def parts(app: Flask, session: Session, account: Account) -> User:
    """Add the page to the application; whoever asks is an administrator."""
    assert account.name == "半亩茶"
    factories.account(session, "second", name="半亩烘焙")
    user = factories.user(session, name="许曼")
    ann = user.id
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader or folder, folder])
    app.login_manager.request_loader(lambda _request: db.session.get(User, ann))  # type: ignore[attr-defined]
    app.add_url_rule("/parts", view_func=show_parts)
    return user


@pytest.fixture
def find_app(applications: Applications) -> Callable[[Mapping[str, str]], Flask]:
    """Return how to come by an application of one's own: it is given pages here."""
    return applications.make


class Served:
    """The application as served; a test is over when no request is under way."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._under_way = 0

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Return the whole answer: the server closes none whose browser went away."""
        self._count(1)
        try:
            with closing(ClosingIterator(self._app(environ, start_response))) as parts:
                return [b"".join(parts)]
        finally:
            self._count(-1)

    def wait(self) -> None:
        """Wait for the requests that the browser left behind."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._under_way, timeout=10)

    def _count(self, change: int) -> None:
        with self._changed:
            self._under_way += change
            self._changed.notify_all()


@pytest.fixture
def address(app: Flask, parts: User) -> Iterator[str]:
    """Serve the application and return where."""
    del parts
    served = Served(app)
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    served.wait()
