"""What MDN's Observatory looks for, on more than the page to sign in."""

from collections.abc import Mapping

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories, pushes
from tests.factories import NOON
from tests.web.browser import Browser
from wxchannels.models import Account
from wxchannels.people import api_keys

#: What each has to say, or to begin with.
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; ",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Nobody else's page may read an answer; no version is told.
NEVER = {"Access-Control-Allow-Origin", "X-Powered-By"}


@pytest.fixture
def answers(
    reader: Browser, other_browser: Browser, session: Session, account: Account
) -> Mapping[str, TestResponse]:
    """Return an answer of each kind."""
    factories.qrcode(session, "counter")
    _, key = api_keys.issue_key(session, account, "CRM", api_keys.SCOPES, at=NOON)
    session.commit()
    bearer = {"Authorization": f"Bearer {key}"}
    return {
        "page": reader.get("/main/overview"),
        "missing page": reader.get("/main/channels/999999"),
        "export": reader.get("/main/reports.csv"),
        "events": reader.get("/main/events.csv"),
        "api": other_browser.get("/api/v1/channels", headers=bearer),
        "refused": other_browser.get("/api/v1/channels"),
        "picture": other_browser.get("/qrcode/main/counter.png"),
        "drawing": other_browser.get("/qrcode/main/counter.svg"),
    }


def test_every_kind_of_answer_has_every_guard(
    answers: Mapping[str, TestResponse],
) -> None:
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        **dict.fromkeys(answers, 200),
        "missing page": 404,
        "refused": 401,
    }
    for name, answer in answers.items():
        for header, says in GUARDS.items():
            assert answer.headers.get(header, "").startswith(says), (name, header)
        assert not NEVER & set(answer.headers.keys()), name


def test_what_machines_and_strangers_get_sets_no_cookie(
    answers: Mapping[str, TestResponse],
) -> None:
    for name in ("api", "refused", "picture", "drawing"):
        assert "Set-Cookie" not in answers[name].headers, name


def test_callback_says_nothing_that_a_browser_would_show(
    other_browser: Browser, account: Account
) -> None:
    del account
    answers = [
        other_browser.get(pushes.signed(echostr="<script>")),
        other_browser.get("/weixin/main?echostr=<script>"),
        other_browser.post(pushes.signed(), data=pushes.subscribe("counter")),
        other_browser.post("/weixin/main", data=b"<script>"),
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 200, 403]
    assert [answer.data for answer in answers][::2] == [b"<script>", b"success"]
    for answer in answers:
        assert answer.mimetype == "text/plain"
        assert "Set-Cookie" not in answer.headers
    # What nobody signed comes back as it was.
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
