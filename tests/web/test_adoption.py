"""Adopting an unknown scene, on the page."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.reports.story import Places
from tests.web.browser import Browser, sentences
from wxchannels.models import AdoptedScene, AuditEntry, Channel, Role, Task, User

SCENES = "/main/reports/unknown-scenes?start=2026-03-02&end=2026-03-03"
ADOPT = "/main/reports/unknown-scenes/adopt"
FORM = f"{ADOPT}?scene=elsewhere"


def test_scene_is_adopted_and_given_back(
    reader: Browser, session: Session, places: Places
) -> None:
    before = reader.get(SCENES).text
    form = sentences(reader.get(FORM))

    done = {"scene": "elsewhere", "channel": str(places.counter)}
    location = reader.send(ADOPT, page=FORM, **done).headers["Location"]
    after = sentences(reader.get(location))
    adopted = session.scalars(select(AdoptedScene)).one()
    number = adopted.id
    session.rollback()
    undo = f"/main/reports/unknown-scenes/adopted/{number}/release"
    undone = reader.send(undo, page=SCENES).status_code

    assert 'href="/main/reports/unknown-scenes/adopt?scene=elsewhere"' in before
    assert "Adopt the scene “elsewhere”" in form
    assert "The scene “elsewhere” belongs to “Counter” now." in after
    assert "Adopted scenes" in after
    assert undone == 302
    session.expire_all()
    assert session.get_one(AdoptedScene, number).released_at is not None
    actions = session.scalars(select(AuditEntry.action)).all()
    assert list(actions)[-2:] == ["channel.adopt", "channel.release"]
    [task] = session.scalars(select(Task).where(Task.kind == "adopt"))
    assert task.subject == str(number)


@pytest.mark.parametrize(
    ("channel", "scene", "words"),
    [
        ("", "elsewhere", "There is no such thing here."),
        ("4711", "elsewhere", "There is no such thing here."),
        ("2", "counter", "already belongs to another code"),
    ],
)
def test_refusal_leads_back_to_the_form(
    reader: Browser,
    session: Session,
    places: Places,
    channel: str,
    scene: str,
    words: str,
) -> None:
    del places
    filled = {"scene": scene, "channel": channel}

    location = reader.send(ADOPT, page=FORM, **filled).headers["Location"]

    page = sentences(reader.get(location))
    assert location.endswith(f"/adopt?scene={scene}")
    assert words in page
    assert session.scalars(select(AdoptedScene)).all() == []


def test_adopted_scene_stands_on_the_channels_page_and_finds_it(
    reader: Browser, places: Places
) -> None:
    own = f"/main/channels/{places.counter}"
    reader.send(ADOPT, page=FORM, scene="elsewhere", channel=str(places.counter))

    page = sentences(reader.get(own))
    listed = sentences(reader.get("/main/channels?q=elsewhere"))

    assert "Adopted scenes elsewhere" in page
    assert "ann@example.com adopted a scene elsewhere" in page
    assert "Counter" in listed
    reader.send("/main/reports/unknown-scenes/adopted/1/release", page=own)
    assert "Adopted scenes" not in sentences(reader.get(own))
    assert "Counter" not in sentences(reader.get("/main/channels?q=elsewhere"))


def test_scene_of_a_code_is_offered_to_its_channel_alone(
    reader: Browser, session: Session, places: Places
) -> None:
    factories.qrcode(session, "elsewhere", of=session.get_one(Channel, places.poster))

    page = reader.get(FORM)

    assert f'<option value="{places.poster}" selected>Poster</option>' in page.text
    assert f'<option value="{places.counter}">' not in page.text
    assert "This is the scene of a code of “Poster” by now." in sentences(page)


def test_scene_that_no_push_can_have_is_refused(
    reader: Browser, places: Places
) -> None:
    sent = {"scene": "x" * 300, "channel": str(places.counter)}

    location = reader.send(ADOPT, page=FORM, **sent).headers["Location"]

    assert "There is no scene to adopt." in sentences(reader.get(location))


def test_manager_sees_no_way_to_adopt(
    browser: Browser, admit: Callable[..., User], places: Places
) -> None:
    del places
    admit("mia@example.com", role=Role.MANAGER)
    browser.sign_in("mia@example.com")

    assert browser.get(FORM).status_code == 404
    assert "/adopt?" not in browser.get(SCENES).text
