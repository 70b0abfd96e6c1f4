import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from passlib.totp import TOTP
from sqlalchemy.orm import Session

from tests.factories import PASSWORD
from tests.web.browser import Browser, sentences
from wxchannels.models import User

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SETUP = "/profile/second-factor"
STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stand still, so that a code stays what it is."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def app_of(page: str) -> TOTP:
    """Return an authenticator app that took the key from the page."""
    key = re.search(r'data-text="([A-Z2-7-]+)"', page)
    assert key
    return TOTP(key=key[1])


def shown_by(app: TOTP) -> str:
    code: str = app.generate(datetime.now(UTC)).token
    return code


@pytest.fixture
def phone(signed_in: Browser, clock: time_machine.Traveller) -> TOTP:
    """Return the app of Ann, who has turned codes on and signed out."""
    app = app_of(signed_in.get(SETUP).text)
    signed_in.send(SETUP, code=shown_by(app))
    signed_in.send("/sign-out", page="/profile")
    clock.shift(STEP)
    return app


def test_page_shows_a_picture_of_our_own_and_the_key(signed_in: Browser) -> None:
    page = signed_in.get(SETUP).text

    assert 'src="data:image/png;base64,' in page
    assert len(app_of(page).key) == 20


def test_secret_stays_the_same_while_one_looks_for_the_phone(
    signed_in: Browser,
) -> None:
    first, second = signed_in.get(SETUP).text, signed_in.get(SETUP).text

    assert app_of(first).key == app_of(second).key


def test_codes_are_on_only_after_the_app_showed_one(
    signed_in: Browser, ann: User, session: Session
) -> None:
    wrong = signed_in.send(SETUP, code="000000")
    session.rollback()
    before = ann.tf_totp_secret
    right = signed_in.send(SETUP, code=shown_by(app_of(signed_in.get(SETUP).text)))
    session.rollback()

    assert (wrong.status_code, before) == (422, None)
    assert right.location == "/profile"
    assert ann.tf_primary_method == "authenticator"


def test_secret_is_shown_only_until_it_is_in_use(signed_in: Browser) -> None:
    app = app_of(signed_in.get(SETUP).text)
    signed_in.send(SETUP, code=shown_by(app))

    page = signed_in.get(SETUP).text

    assert "data:image/png" not in page
    assert "data-text=" not in page


def test_password_alone_lets_nobody_in_any_more(browser: Browser, phone: TOTP) -> None:
    del phone

    answer = browser.sign_in()

    assert answer.location == "/sign-in/code"
    assert browser.get("/profile").location == "/sign-in?next=/profile"


def test_code_lets_in_and_leads_where_one_wanted_to(
    browser: Browser, phone: TOTP
) -> None:
    browser.sign_in(next="/users?q=ann")

    answer = browser.send("/sign-in/code", code=shown_by(phone))

    assert answer.location == "/users?q=ann"
    assert browser.get("/profile").status_code == 200


def test_code_may_be_typed_with_a_space_and_half_a_minute_late(
    browser: Browser, phone: TOTP, clock: time_machine.Traveller
) -> None:
    code = shown_by(phone)
    clock.shift(STEP)
    browser.sign_in()

    answer = browser.send("/sign-in/code", code=f"{code[:3]} {code[3:]}")

    assert answer.location == "/"


def test_code_is_taken_once(
    browser: Browser, other_browser: Browser, phone: TOTP
) -> None:
    code = shown_by(phone)
    browser.sign_in()
    browser.send("/sign-in/code", code=code)
    other_browser.sign_in()

    answer = other_browser.send("/sign-in/code", code=code)

    assert answer.status_code == 422
    assert "已经用过" in sentences(answer)
    assert other_browser.get("/profile").status_code == 302


def test_code_that_turned_codes_on_does_not_sign_in(
    signed_in: Browser, other_browser: Browser
) -> None:
    code = shown_by(app_of(signed_in.get(SETUP).text))
    signed_in.send(SETUP, code=code)
    other_browser.sign_in()

    answer = other_browser.send("/sign-in/code", code=code)

    assert answer.status_code == 422


def test_wrong_codes_lock_as_wrong_passwords_do(browser: Browser, phone: TOTP) -> None:
    browser.sign_in()
    for _ in range(10):
        browser.send("/sign-in/code", code="000000")

    answer = browser.send("/sign-in/code", code=shown_by(phone))

    assert answer.status_code == 422
    assert browser.sign_in().status_code == 422


def test_password_is_forgotten_after_five_minutes(
    browser: Browser, phone: TOTP, clock: time_machine.Traveller
) -> None:
    browser.sign_in()
    fields = browser.get("/sign-in/code")
    clock.shift(timedelta(minutes=5))

    answer = browser.send("/sign-in/code", page="/sign-in", code=shown_by(phone))

    assert fields.status_code == 200
    assert answer.location == "/sign-in"
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_code_is_asked_of_nobody_without_a_password(
    browser: Browser, phone: TOTP
) -> None:
    answer = browser.send("/sign-in/code", page="/sign-in", code=shown_by(phone))

    assert answer.location == "/sign-in"


def test_new_password_ends_a_sign_in_that_waits_for_its_code(
    browser: Browser, phone: TOTP, ann: User, session: Session
) -> None:
    browser.sign_in()
    session.rollback()
    ann.fs_uniquifier = "changed-with-the-password"
    session.commit()

    answer = browser.send("/sign-in/code", code=shown_by(phone))

    assert answer.status_code == 422


def test_empty_code_is_asked_for_again(browser: Browser, phone: TOTP) -> None:
    del phone
    browser.sign_in()

    answer = browser.send("/sign-in/code", code="")

    assert answer.status_code == 422
    assert "这里要填写" in sentences(answer)


def test_codes_can_be_turned_off(
    browser: Browser, phone: TOTP, ann: User, session: Session
) -> None:
    browser.sign_in()
    browser.send("/sign-in/code", code=shown_by(phone))

    answer = browser.send(f"{SETUP}/off", page=SETUP)

    session.rollback()
    assert answer.location == "/profile"
    assert (ann.tf_totp_secret, ann.tf_last_counter) == (None, None)
    assert "未开启" in sentences(browser.get("/profile"))


@pytest.mark.parametrize("address", [SETUP, f"{SETUP}/off"])
def test_old_proof_changes_no_codes(
    signed_in: Browser, clock: time_machine.Traveller, address: str
) -> None:
    signed_in.get(SETUP)
    clock.shift(timedelta(minutes=59))
    page = signed_in.get(SETUP)
    clock.shift(timedelta(minutes=1))

    answer = signed_in.send(address, page="/profile", code=shown_by(app_of(page.text)))

    assert answer.location == SETUP
    assert signed_in.get(SETUP).location == f"/sign-in/again?next={SETUP}"


def test_secret_is_not_readable_in_the_database(
    phone: TOTP, ann: User, session: Session
) -> None:
    session.rollback()
    table = User.__table__
    stored = session.execute(table.select().where(table.c.id == ann.id)).one()
    typed = session.connection().exec_driver_sql('SELECT tf_totp_secret FROM "user"')

    assert phone.base32_key not in str(stored.tf_totp_secret)
    assert b"enckey" not in bytes(typed.scalar_one())


def test_user_without_codes_is_not_asked_for_one(
    browser: Browser, admit: Callable[..., User]
) -> None:
    admit("bo@example.com")

    assert browser.sign_in("bo@example.com", PASSWORD).location == "/"


def test_codes_are_not_on_without_one(signed_in: Browser) -> None:
    answer = signed_in.send(SETUP, code="")

    assert (answer.status_code, "这里要填写" in sentences(answer)) == (422, True)
