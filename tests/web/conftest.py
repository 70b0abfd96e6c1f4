from collections.abc import Callable, Iterator

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import PASSWORD
from tests.reports import story
from tests.reports.story import Places
from tests.web.browser import Browser
from tests.wire import wechat_on_the_wire
from wxchannels.models import Account, Role, User
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.server import running


@pytest.fixture(scope="module")
def wechat_url() -> Iterator[str]:
    """Return where a simulated WeChat answers over HTTP."""
    with running(create_sandbox()) as url:
        yield url


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Return a browser nobody is signed in with."""
    return Browser(app)


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    """Return another one."""
    return Browser(app)


@pytest.fixture(scope="session")
def password_hashes() -> dict[str, str]:
    """Keep the test password's hash: making one takes a while."""
    return {}


@pytest.fixture
def admit(
    app: Flask, session: Session, password_hashes: dict[str, str]
) -> Callable[..., User]:
    """Return a function that admits somebody who signs in with `PASSWORD`."""
    del app

    def _admit(
        email: str = "ann@example.com", role: Role | None = Role.ADMIN, **fields: object
    ) -> User:
        if PASSWORD not in password_hashes:
            password_hashes[PASSWORD] = hash_password(PASSWORD)
        values = {"password": password_hashes[PASSWORD], **fields}
        return factories.user(session, email, role, **values)

    return _admit


@pytest.fixture
def ann(admit: Callable[..., User]) -> User:
    """Return an administrator who can sign in."""
    return admit()


@pytest.fixture
def signed_in(browser: Browser, ann: User, account: Account) -> Browser:
    """Return a browser with which an administrator is signed in."""
    del ann, account
    browser.sign_in()
    return browser


@pytest.fixture
def places(session: Session, account: Account, client: FlaskClient) -> Places:
    """Send the story and return its channels."""
    return story.tell(session, account, client)


@pytest.fixture
def reader(signed_in: Browser) -> Browser:
    """Return the browser of somebody who reads English."""
    signed_in.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return signed_in


@pytest.fixture
def staff(signed_in: Browser) -> Browser:
    """Return the browser of somebody who reads English."""
    signed_in.set_cookie("lang", "en")
    return signed_in


@pytest.fixture
def wechat() -> Iterator[responses.RequestsMock]:
    """Return WeChat on the wire, which has given out a token."""
    with wechat_on_the_wire() as wire:
        yield wire
