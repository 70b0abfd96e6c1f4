"""What holds for every request, whatever its thread did before."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.applications import statements
from tests.web.api.conftest import problem_of
from tests.web.browser import Browser, hidden_fields
from wxchannels.database import transactions

PAGE = "/main/overview"


def begin(asked: Sequence[str]) -> str:
    """Return how the transaction began that read the page's account."""
    told = [one for one in asked if one.startswith(("BEGIN", "SELECT account.id"))]
    return next(one for one, then in pairwise(told) if then.startswith("SELECT"))


def test_page_keeps_no_push_out_after_a_form_on_its_thread(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    with transactions(write=True), statements() as asked:
        assert signed_in.get(PAGE).status_code == 200

    assert begin(asked) == "BEGIN"


@pytest.mark.parametrize("before", [True, False])
def test_form_begins_as_a_writer_whatever_was_on_its_thread(
    signed_in: Browser, *, before: bool
) -> None:
    token = hidden_fields(signed_in.get("/main/channels/new"))["csrf_token"]

    with transactions(write=before), statements() as asked:
        signed_in.post(
            "/main/channels/new", data={"csrf_token": token, "name": "Counter"}
        )

    assert begin(asked) == "BEGIN IMMEDIATE"


@pytest.mark.parametrize(
    "address",
    [
        "/empower?account=%00",
        "/main/channels?tag=a%00b",
        "/main/events?scene=a&scene=%00",
        "/main/replies/try?channel=%00",
        "/users?q=%00",
    ],
)
def test_no_page_looks_for_nul(signed_in: Browser, address: str) -> None:
    page = signed_in.get(address)

    assert page.status_code == 400
    assert "<main" in page.text


@pytest.mark.parametrize(
    ("page", "field"), [("/sign-in", "email"), ("/main/channels/groups", "path")]
)
def test_no_form_writes_nul(signed_in: Browser, page: str, field: str) -> None:
    token = hidden_fields(signed_in.get("/main/channels/groups"))["csrf_token"]

    answer = signed_in.post(page, data={"csrf_token": token, field: "a\0@example.com"})

    assert answer.status_code == 400


def test_program_that_looks_for_nul_is_told_so(browser: Browser) -> None:
    answer = browser.get("/api/v1/channels?search=%00")

    assert answer.status_code == 400
    assert "NUL" in problem_of(answer)["message"]
