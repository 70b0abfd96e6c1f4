from flask import Flask

from wxchannels.accounts.connection import RESERVED_SLUGS, SLUG
from wxchannels.web import machines


def test_no_account_can_hide_an_address_of_our_own(app: Flask) -> None:
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}

    ours = {segment for segment in first if SLUG.fullmatch(segment)}

    assert ours - RESERVED_SLUGS == set()
    assert "healthz" in ours
    # Answered before the pages are asked.
    assert machines.NAME in RESERVED_SLUGS


def test_reserved_slugs_would_be_slugs_otherwise() -> None:
    assert all(SLUG.fullmatch(slug) for slug in RESERVED_SLUGS)
