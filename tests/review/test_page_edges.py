"""Addresses and visitors that no link leads to."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser
from tests.web.conftest import admit, browser, password_hashes
from wxchannels.models import Account, Role, User

__all__ = ["admit", "browser", "password_hashes"]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    "path",
    ["/qrcode/%00", "/qrcode/main/a%00.png", "/qrcode/%00/a.png", "/a%00/channels"],
)
def test_nothing_is_at_an_address_with_nul(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_account_that_does_not_exist_is_not_found_by_a_member_of_another(
    browser: Browser, admit: Callable[..., User], session: Session, account: Account
) -> None:
    user = admit(role=None)
    factories.membership(session, user, account, Role.STAFF)
    browser.sign_in()

    assert browser.get("/nobody/channels").status_code == 404
    assert browser.get("/main/channels").status_code == 200


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("path", ["/main/channels/new", "/main/replies"])
def test_form_of_a_stranger_without_a_token_is_refused(app: Flask, path: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = app.test_client().post(path, data={"name": "x"})

    assert (answer.status_code, answer.location) == (302, "/sign-in")
