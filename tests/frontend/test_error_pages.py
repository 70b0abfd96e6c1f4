"""What an error page says."""

from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from tests.web.browser import sentences
from wxchannels.web.error_pages import SENTENCES

STATUSES = sorted(SENTENCES)


@pytest.fixture(autouse=True)
def _failing(app: Flask) -> None:
    def fail(status: int) -> NoReturn:
        abort(status)

    def explain(status: int) -> NoReturn:
        abort(status, "这是原因。")

    app.add_url_rule("/fail/<int:status>", view_func=fail)
    app.add_url_rule("/explain/<int:status>", view_func=explain)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_says_why_and_that_nothing_is_lost(
    client: FlaskClient, status: int, language: str
) -> None:
    client.set_cookie("lang", language)

    response = client.get(f"/fail/{status}")

    text = sentences(response)
    title, reason = SENTENCES[status]
    assert response.status_code == status
    assert (title in text, reason in text) == (language == "en", language == "en")
    assert ("数据不会丢" if language == "zh" else "No data is lost") in text


def test_a_reason_for_people_is_shown(client: FlaskClient) -> None:
    assert "这是原因。" in sentences(client.get("/explain/409"))


@pytest.mark.parametrize("status", [400, 429])
def test_what_libraries_say_is_not_shown(client: FlaskClient, status: int) -> None:
    assert "这是原因。" not in sentences(client.get(f"/explain/{status}"))


@pytest.mark.parametrize("status", [406, 501])
def test_an_unknown_status_is_explained_in_general(
    client: FlaskClient, status: int
) -> None:
    client.set_cookie("lang", "en")
    general = SENTENCES[500 if status == 501 else 400][0]

    assert general in sentences(client.get(f"/fail/{status}"))


@pytest.mark.parametrize(("status", "offered"), [(500, True), (404, False)])
def test_trying_again_is_offered_where_it_may_help(
    client: FlaskClient,
    status: int,
    offered: bool,  # noqa: FBT001 - an expectation
) -> None:
    client.set_cookie("lang", "en")

    assert ("Try again" in sentences(client.get(f"/fail/{status}"))) is offered
