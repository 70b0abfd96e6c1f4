"""The shell and the macros, without a script."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.web.browser import sentences
from wxchannels.models import User

pytestmark = pytest.mark.usefixtures("parts")


def test_the_page_is_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("lang", "zh")
    chinese = sentences(client.get("/parts"))
    client.set_cookie("lang", "en")
    english = sentences(client.get("/parts"))

    assert all(word in chinese for word in ("新关注", "取关", "退出登录", "以表格查看"))
    assert all(word in english for word in ("New follows", "Unfollows", "Sign out"))
    assert not re.search(r"新关注|取关|退出登录", english)


def test_the_heading_is_the_title_and_the_last_crumb(client: FlaskClient) -> None:
    page = client.get("/parts").text

    assert "<title>Today, Thursday · wxchannels</title>" in page
    assert re.search(r'<li aria-current="page">\s*Today, Thursday\s*</li>', page)


def test_markup_in_a_name_is_only_text(client: FlaskClient) -> None:
    page = client.get("/parts").text

    assert "Table <b>" not in page
    assert "Table &lt;b&gt;" in page


def test_every_name_of_a_metric_is_explained_once(client: FlaskClient) -> None:
    page = client.get("/parts").text
    asked = set(re.findall(r'popovertarget="(def-\w+)"', page))
    told = re.findall(r'popover id="(def-\w+)"', page)

    assert asked
    assert asked <= set(told)
    assert len(told) == len(set(told))


def test_an_unfinished_point_and_a_missing_one_are_no_figures(
    client: FlaskClient,
) -> None:
    client.set_cookie("lang", "en")
    rows = re.findall(r"<tr[^>]*>.*?</tr>", client.get("/parts").text, re.DOTALL)
    missing = next(row for row in rows if "2026-11-04" in row)
    unfinished = next(row for row in rows if "2026-11-05" in row)

    assert missing.count("No data") == 11
    assert "data-partial" in unfinished
    assert "(not over yet)" in unfinished


def test_a_field_that_is_wrong_says_so_to_everybody(client: FlaskClient) -> None:
    page = client.get("/parts?wrong=1").text
    name = re.search(r'<input[^>]*id="name"[^>]*>', page)

    assert name
    assert 'aria-invalid="true"' in name[0]
    assert 'aria-describedby="name-e name-h"' in name[0]
    assert re.search(r'id="name-e".*?A name is needed\.', page, re.DOTALL)
    assert 'id="name-h"' in page


def test_bad_news_stays_and_good_news_is_a_toast(client: FlaskClient) -> None:
    page = client.get("/parts?flash=1").text
    main, toasts = page.split('class="toasts"')

    assert "error 40164" in main
    assert "error 40164" not in toasts
    assert "Archived" in toasts
    assert re.search(
        r'<form class="toast-x"\s+method="post"\s+action="/main/enable"', toasts
    )
    assert "csrf_token" in toasts


def test_sorting_again_turns_the_order_round(client: FlaskClient) -> None:
    page = client.get("/parts?sort=-net_follows&page=4").text

    assert 'aria-sort="descending"' in page
    assert 'href="/parts?sort=net_follows"' in page
    assert 'href="/parts?sort=name"' in page


def test_the_accounts_one_may_read_are_one_click_away(client: FlaskClient) -> None:
    page = client.get("/parts").text

    assert 'href="/second/overview"' in page
    assert "半亩烘焙" in page


def test_the_phone_of_the_demo_is_in_its_menu_only(
    app: Flask, client: FlaskClient
) -> None:
    client.set_cookie("lang", "en")
    without = sentences(client.get("/parts"))
    app.config["SANDBOX_URL"] = "http://127.0.0.1:6001/"

    page = client.get("/parts")

    assert "Simulated phone" not in without
    assert "Simulated phone" in sentences(page)


def test_who_may_not_manage_sees_no_such_pages(
    client: FlaskClient, session: Session, parts: User
) -> None:
    client.set_cookie("lang", "en")
    everything = sentences(client.get("/parts"))
    session.rollback()
    parts.role = "manager"  # type: ignore[assignment] # as the database holds it
    session.commit()

    page = client.get("/parts")

    assert "People and rights" in everything
    assert "People and rights" not in sentences(page)
    assert "Connect another account" not in sentences(page)
    assert "New channel" not in sentences(page)
