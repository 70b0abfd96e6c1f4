"""The reader's language and theme."""

import pytest
from flask.testing import FlaskClient


def test_a_language_is_remembered_and_the_page_shown_again(client: FlaskClient) -> None:
    response = client.get("/preferences?lang=en&next=/main/channels?q=a")

    assert response.location == "/main/channels?q=a"
    cookie = client.get_cookie("lang")
    assert cookie
    assert (cookie.value, cookie.same_site) == ("en", "Lax")


def test_a_theme_is_written_into_the_page(client: FlaskClient) -> None:
    before = client.get("/nowhere").text
    client.get("/preferences?theme=dark")

    after = client.get("/nowhere").text

    assert "data-bs-theme" not in before
    assert 'data-bs-theme="dark"' in after


@pytest.mark.parametrize("query", ["lang=fr", "theme=pink", "", "other=x"])
def test_what_we_do_not_have_is_not_remembered(client: FlaskClient, query: str) -> None:
    response = client.get(f"/preferences?{query}")

    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_nobody_is_led_away_from_here(client: FlaskClient, address: str) -> None:
    response = client.get("/preferences", query_string={"next": address})

    assert response.location == "/"


def test_a_cookie_with_nonsense_follows_the_system(client: FlaskClient) -> None:
    client.set_cookie("theme", '"><script>')

    assert "data-bs-theme" not in client.get("/nowhere").text


@pytest.mark.parametrize(("language", "html"), [("zh", "zh-CN"), ("en", "en")])
def test_the_page_says_its_language(
    client: FlaskClient, language: str, html: str
) -> None:
    client.set_cookie("lang", language)

    assert f'<html lang="{html}"' in client.get("/nowhere").text
