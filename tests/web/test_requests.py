"""What holds for every request, whatever its thread did before."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.applications import statements
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
