"""A period chosen by name stays that name when its form is sent."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.reports.story import Places
from tests.web.browser import ATTRIBUTE, INPUT, Browser

PAGES = [
    "/main/reports",
    "/main/reports/unknown-scenes",
    "/main/events",
    "/main/channels",
    "/main/channels/{counter}",
]
TYPED = ("start", "end")

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture(name="page", params=PAGES)
def page_with_a_period(request: pytest.FixtureRequest, places: Places) -> str:
    return str(request.param).format(counter=places.counter)


def period_fields(page: TestResponse) -> dict[str, str]:
    """Return what the form of the period would send, as it was shown."""
    shown = [dict(ATTRIBUTE.findall(one)) for one in INPUT.findall(page.text)]
    return {
        field["name"]: field.get("value", "")
        for field in shown
        if field.get("name") in (*TYPED, "p", "shown")
    }


def goes_to(browser: Browser, page: str, fields: dict[str, str]) -> dict[str, str]:
    """Send the form; return what the address that it leads to says."""
    answer = browser.get(page, query_string=fields)
    assert answer.status_code == 302
    address = urlsplit(answer.headers["Location"])
    assert address.path == page
    assert browser.get(answer.headers["Location"]).status_code == 200
    return dict(parse_qsl(address.query))


@pytest.mark.parametrize("name", ["7d", "month"])
def test_name_stays_when_something_else_is_filtered(
    signed_in: Browser, page: str, name: str
) -> None:
    fields = period_fields(signed_in.get(page, query_string={"p": name}))

    assert goes_to(signed_in, page, {**fields, "search": "x"}) == {
        "p": name,
        "search": "x",
    }


def test_period_nobody_chose_stays_the_usual_one(signed_in: Browser, page: str) -> None:
    fields = period_fields(signed_in.get(page))

    assert goes_to(signed_in, page, fields) == {}


def test_name_goes_when_its_days_are_changed(signed_in: Browser, page: str) -> None:
    fields = period_fields(signed_in.get(page, query_string={"p": "7d"}))

    # As long as both are days, any other will do.
    changed = {**fields, "start": fields["end"]}
    assert goes_to(signed_in, page, changed) == {
        "start": fields["end"],
        "end": fields["end"],
    }


def test_days_that_were_chosen_stay_days(signed_in: Browser, page: str) -> None:
    named = period_fields(signed_in.get(page, query_string={"p": "7d"}))
    days = {name: named[name] for name in TYPED}

    assert period_fields(signed_in.get(page, query_string=days)) == days


def test_all_times_stay_all_times(signed_in: Browser) -> None:
    fields = period_fields(signed_in.get("/main/events?p=all"))
    days = {"start": "2026-03-02", "end": "2026-03-03"}

    assert goes_to(signed_in, "/main/events", fields) == {"p": "all"}
    assert goes_to(signed_in, "/main/events", {**fields, **days}) == days


def test_part_of_a_page_is_shown_under_the_same_address(signed_in: Browser) -> None:
    fields = period_fields(signed_in.get("/main/reports?p=7d"))

    answer = signed_in.get(
        "/main/reports",
        query_string=fields,
        headers={"HX-Request": "true"},
        follow_redirects=True,
    )

    assert answer.request.query_string == b"p=7d"
    assert not re.search("<html", answer.text)


def test_name_stays_where_something_else_is_refused(signed_in: Browser) -> None:
    refused = signed_in.get("/main/reports?p=7d&metric=bogus")

    assert refused.status_code == 422
    assert goes_to(signed_in, "/main/reports", period_fields(refused)) == {"p": "7d"}
