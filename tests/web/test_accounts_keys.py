import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser, sentences
from wxchannels.models import Account, ApiKey, AuditEntry
from wxchannels.people import api_keys

ENGLISH = {"Accept-Language": "en"}
KEY = re.compile(r"wxc_[a-z2-7]+(?=</code>)")


def make_key(browser: Browser, name: str = "CRM", scopes: str = "reports:read") -> str:
    page = browser.send("/main/keys", name=name, scopes=scopes)
    [text] = KEY.findall(page.text)
    return str(text)


def test_new_key_is_shown_once_and_opens_what_was_ticked(
    signed_in: Browser, session: Session
) -> None:
    page = signed_in.send("/main/keys", name="CRM", scopes="reports:read")

    [text] = KEY.findall(page.text)
    later = signed_in.get("/main/keys")
    key = api_keys.find_key(session, text)
    assert page.status_code == 200
    assert page.cache_control.no_store
    assert key is not None
    assert (key.name, key.scopes) == ("CRM", ["reports:read"])
    assert text not in later.text


def test_only_reading_is_ticked_at_first(signed_in: Browser) -> None:
    page = signed_in.get("/main/keys").text

    ticked = re.findall(r'<input[^>]* checked[^>]* value="([\w:]+)"', page)
    assert ticked == [
        "channels:read",
        "events:read",
        "reports:read",
        "bindings:read",
    ]


def test_key_without_a_scope_is_refused(signed_in: Browser, session: Session) -> None:
    page = signed_in.send("/main/keys", name="CRM")

    assert page.status_code == 422
    assert session.scalars(select(ApiKey)).all() == []


def test_taken_name_is_refused_at_its_field(signed_in: Browser) -> None:
    make_key(signed_in)

    page = signed_in.send("/main/keys", name="CRM", scopes="reports:read")

    assert page.status_code == 422
    assert 'id="name-e"' in page.text


def test_revoked_key_opens_nothing_and_stays_in_the_list(
    signed_in: Browser, session: Session
) -> None:
    text = make_key(signed_in)
    key_id = session.scalars(select(ApiKey.id)).one()
    session.commit()

    revoke = f"/main/keys/{key_id}/revoke"
    assert f'href="{revoke}"' in signed_in.get("/main/keys").text
    unsaid = signed_in.send(revoke, confirmation="CRM")
    assert unsaid.status_code == 422
    assert api_keys.find_key(session, text)
    session.rollback()

    signed_in.send(revoke, confirmation="main")

    page = sentences(signed_in.get("/main/keys", headers=ENGLISH))
    of_keys = select(AuditEntry.action).where(AuditEntry.action.startswith("api_key"))
    actions = session.scalars(of_keys.order_by(AuditEntry.id)).all()
    assert api_keys.find_key(session, text) is None
    assert "CRM" in page
    assert "Revoked" in page
    assert actions == ["api_key.issue", "api_key.revoke"]


def test_key_of_another_account_does_not_exist(
    signed_in: Browser, session: Session, account: Account
) -> None:
    other = factories.account(session, slug="bake")
    key, _ = api_keys.issue_key(session, other, "CRM", [], at=factories.NOON)
    key_id = key.id
    session.commit()

    revoke = f"/main/keys/{key_id}/revoke"
    shown = [signed_in.get(one) for one in (revoke, f"/main/keys/{10**30}/revoke")]
    response = signed_in.send(revoke, page="/main/keys", confirmation="main")

    assert account.slug == "main"
    assert [one.status_code for one in (*shown, response)] == [404, 404, 404]
    assert key.revoked_at is None


def test_no_box_is_asked_for_by_the_browser(signed_in: Browser) -> None:
    page = signed_in.get("/main/keys").text

    boxes = re.findall(r'<input[^>]*name="scopes"[^>]*>', page)
    assert len(boxes) == 7
    assert not any("required" in box for box in boxes)
