"""The page on which administrators say which systems are told what happens."""

import json
import re
import socket

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.web.browser import Browser, sentences
from wxchannels.models import (
    Account,
    AuditEntry,
    DeliveryState,
    EventType,
    Task,
    Webhook,
    WebhookDelivery,
)
from wxchannels.webhooks import endpoints

URL = "https://crm.example.com/hooks?token=hush"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+(?=</code>)")
PAGE = "/main/webhooks"


@pytest.fixture(autouse=True)
def internet(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let names stand for addresses; return which."""
    names = {"crm.example.com": "93.184.215.14", "inside.example.com": "10.0.0.8"}

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host not in names:
            raise socket.gaierror(-2, "unknown")
        place = (names[host], port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return names


@pytest.fixture
def webhook(session: Session, account: Account) -> Webhook:
    return factories.webhook(session, account, URL)


def only(session: Session) -> Webhook:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Webhook)).one()


def delivery(session: Session, webhook: Webhook, **fields: object) -> WebhookDelivery:
    values: dict[str, object] = {
        "account_id": webhook.account_id,
        "webhook_id": webhook.id,
        "event_id": "push-1",
        "type": EventType.FOLLOW,
        "payload": json.dumps({}),
        "happened_at": NOON,
        "recorded_at": NOON,
        **fields,
    }
    row = WebhookDelivery(**values)
    session.add(row)
    session.commit()
    return row


def test_new_webhook_shows_its_secret_once(
    signed_in: Browser, session: Session
) -> None:
    page = signed_in.send(PAGE, url=URL, events="follow", is_on="y")

    [secret] = SECRET.findall(page.text)
    later = signed_in.get(PAGE)
    webhook = only(session)
    assert page.status_code == 200
    assert page.cache_control.no_store
    assert (webhook.url, webhook.events) == (URL, ["follow"])
    assert (webhook.secret, webhook.sends_openid) == (secret, False)
    assert webhook.account.has_webhooks
    assert secret not in later.text
    assert "crm.example.com/hooks" in later.text
    # In a list a token would be seen over shoulders.
    assert "hush" not in later.text


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Enter an address that begins with https://"),
        ("http://crm.example.com/", "Enter an address that begins with https://"),
        ("https://inside.example.com/", "is in a private network"),
        ("https://nowhere.example.com/", "cannot be found"),
    ],
)
def test_address_that_no_message_may_go_to_is_refused_at_its_field(
    reader: Browser, session: Session, url: str, sentence: str
) -> None:
    page = reader.send(PAGE, url=url, events="scan", is_on="y")

    assert page.status_code == 422
    assert sentence in sentences(page)
    assert 'id="url-e"' in page.text
    assert f'value="{url}"' in page.text
    assert session.scalars(select(Webhook)).all() == []


def test_refusals_are_said_in_chinese(signed_in: Browser) -> None:
    page = signed_in.send(PAGE, url="https://inside.example.com/", events="scan")

    assert "「inside.example.com」在内网" in sentences(page)


def test_webhook_without_events_is_refused(reader: Browser, session: Session) -> None:
    page = reader.send(PAGE, url=URL, is_on="y")

    assert page.status_code == 422
    assert "Choose at least one event." in sentences(page)
    assert session.scalars(select(Webhook)).all() == []


def test_settings_are_changed(
    signed_in: Browser, session: Session, webhook: Webhook
) -> None:
    address = f"{PAGE}/{webhook.id}"

    signed_in.send(address, url=URL, events="unfollow", sends_openid="y")

    changed = only(session)
    assert (changed.events, changed.sends_openid) == (["unfollow"], True)
    assert not changed.is_on
    assert not changed.account.has_webhooks


def test_name_that_became_private_is_refused_when_saved_again(
    reader: Browser, session: Session, webhook: Webhook, internet: dict[str, str]
) -> None:
    internet["crm.example.com"] = "127.0.0.1"

    page = reader.send(f"{PAGE}/{webhook.id}", url=URL, events="scan", is_on="y")

    assert page.status_code == 422
    assert len(only(session).events) > 1


def test_operator_allows_hosts_inside(
    app: Flask, signed_in: Browser, session: Session
) -> None:
    app.config["WEBHOOK_ALLOWED_HOSTS"] = {"inside.example.com"}

    signed_in.send(PAGE, url="http://inside.example.com/", events="scan", is_on="y")

    assert only(session).url == "http://inside.example.com/"


def test_test_message_is_in_line_at_once(
    reader: Browser, session: Session, webhook: Webhook
) -> None:
    address = f"{PAGE}/{webhook.id}"

    reader.send(f"{address}/test", page=address)

    page = sentences(reader.get(address))
    session.rollback()
    asked = session.scalars(select(Task).where(Task.kind == "webhook")).one()
    assert asked.subject == str(webhook.id)
    assert "In line" in page


def test_log_says_what_was_answered_and_runs_nothing_of_it(
    reader: Browser, session: Session, webhook: Webhook
) -> None:
    answer = "<script>alert(1)</script>"
    tried = {"status": 500, "failure": "status", "attempts": 3, "attempted_at": NOON}
    delivery(session, webhook, answer=answer, **tried)

    page = reader.get(f"{PAGE}/{webhook.id}")

    assert answer not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "It answered 500. Only 2xx means that it was taken." in sentences(page)


def test_paused_webhook_says_so_and_is_resumed(
    reader: Browser, session: Session, webhook: Webhook
) -> None:
    delivery(session, webhook)
    webhook.failing_since = webhook.paused_at = NOON
    session.commit()
    address = f"{PAGE}/{webhook.id}"

    before, overview = (
        sentences(reader.get(page)) for page in (address, "/main/overview")
    )
    reader.send(f"{address}/resume", page=address)

    resumed = only(session)
    assert "Paused" not in sentences(reader.get(PAGE))
    assert "1 message waits." in before
    assert "1 webhook is paused" in overview
    assert (resumed.paused_at, resumed.failing_since) == (None, None)
    assert session.scalars(select(Task.kind)).all() == ["webhook"]


def test_messages_are_sent_again_and_skipped(
    signed_in: Browser, session: Session, webhook: Webhook
) -> None:
    taken = delivery(session, webhook, state=DeliveryState.DELIVERED)
    stuck = delivery(session, webhook, event_id="push-2", failure="timeout", attempts=1)
    address, ids = f"{PAGE}/{webhook.id}", (str(taken.id), str(stuck.id))

    signed_in.send(f"{address}/again", page=address, id=ids[0])
    signed_in.send(f"{address}/skip", page=address, id=ids[1])

    session.rollback()
    session.expire_all()
    assert (taken.state, stuck.state) == ("waiting", "skipped")


def test_messages_in_one_state_are_shown_by_themselves(
    reader: Browser, session: Session, webhook: Webhook
) -> None:
    delivery(session, webhook, state=DeliveryState.DELIVERED, status=204)

    every = sentences(reader.get(f"{PAGE}/{webhook.id}"))
    waiting = sentences(reader.get(f"{PAGE}/{webhook.id}?show=waiting"))

    assert "204" in every
    assert "No messages" in waiting


def test_new_secret_is_shown_once_and_the_one_before_goes_on(
    signed_in: Browser, session: Session, webhook: Webhook
) -> None:
    before, address = webhook.secret, f"{PAGE}/{webhook.id}"

    page = signed_in.send(f"{address}/secret", page=address)

    [secret] = SECRET.findall(page.text)
    changed = only(session)
    assert page.cache_control.no_store
    assert (changed.secret, changed.previous_secret) == (secret, before)
    assert secret not in signed_in.get(address).text


def test_removing_asks_for_the_accounts_name(
    signed_in: Browser, session: Session, webhook: Webhook
) -> None:
    delivery(session, webhook)
    address = f"{PAGE}/{webhook.id}"

    refused = signed_in.send(f"{address}/remove", page=address, confirmation="x")
    assert refused.status_code == 422
    assert only(session).url == URL
    signed_in.send(f"{address}/remove", page=address, confirmation="main")

    session.rollback()
    assert session.scalars(select(Webhook)).all() == []


def test_webhook_of_another_account_does_not_exist(
    signed_in: Browser, session: Session, webhook: Webhook
) -> None:
    bake = factories.account(session, slug="bake")
    theirs = factories.webhook(session, bake, URL)
    message = delivery(session, theirs)
    mine, number = f"{PAGE}/{webhook.id}", str(message.id)

    answers = [
        signed_in.get(f"{PAGE}/{theirs.id}").status_code,
        signed_in.send(f"{PAGE}/{theirs.id}/test", page=PAGE).status_code,
        signed_in.send(f"{mine}/skip", page=PAGE, id=number).status_code,
        signed_in.send(f"{mine}/skip", page=PAGE, id="x").status_code,
        signed_in.send(f"{mine}/skip", page=PAGE, id=str(-(10**30))).status_code,
    ]

    assert set(answers) == {404}


def test_whoever_changes_a_webhook_is_written_down_without_its_path(
    signed_in: Browser, session: Session
) -> None:
    signed_in.send(PAGE, url=URL, events="follow", is_on="y")
    address = f"{PAGE}/{only(session).id}"
    session.rollback()
    signed_in.send(f"{address}/secret", page=address)

    noted = select(AuditEntry).where(AuditEntry.action.startswith("webhook"))
    entries = session.scalars(noted.order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["webhook.add", "webhook.secret"]
    assert entries[0].details == {"to": "crm.example.com"}


def test_too_many_webhooks_are_refused_above_the_form(
    reader: Browser, session: Session, account: Account
) -> None:
    for _ in range(endpoints.MOST_ENDPOINTS):
        factories.webhook(session, account, URL)

    page = reader.send(PAGE, url=URL, events="follow", is_on="y")

    assert page.status_code == 422
    assert "at most 10 webhooks" in sentences(page)
