"""The page on which an administrator sets web authorization up."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.web.browser import Browser, sentences
from wxchannels.models import Account, AuditEntry

PAGE = "/main/web-authorization"


def test_addresses_and_file_are_kept_and_shown_again(
    reader: Browser, session: Session, account: Account
) -> None:
    answer = reader.send(
        PAGE,
        addresses="https://shop.example/\r\n\r\nhttps://wx.example:8443/app",
        domain_file="MP_verify_8Z9ZkXhmFvm6y9ZT.txt",
    )

    assert answer.status_code == 302
    session.rollback()
    assert account.return_addresses == [
        "https://shop.example",
        "https://wx.example:8443/app",
    ]
    page = reader.get(PAGE)
    assert "https://wx.example:8443/app" in page.text
    assert 'value="MP_verify_8Z9ZkXhmFvm6y9ZT.txt"' in page.text
    file = reader.get("/MP_verify_8Z9ZkXhmFvm6y9ZT.txt")
    assert (file.text, file.mimetype) == ("8Z9ZkXhmFvm6y9ZT", "text/plain")
    assert reader.get("/MP_verify_anybodysfile.txt").status_code == 404
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account.web_authorization")
    ).one()
    assert entry.details == {"addresses": account.return_addresses}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"addresses": "https://fine.example\nshop"}, "“shop” is no address like"),
        ({"domain_file": "robots.txt"}, "The file is called like MP_verify_"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    reader: Browser,
    session: Session,
    account: Account,
    typed: dict[str, str],
    sentence: str,
) -> None:
    fields = {"addresses": "https://kept.example", "domain_file": "", **typed}

    answer = reader.send(PAGE, **fields)

    assert answer.status_code == 422
    assert sentence in sentences(answer)
    assert all(value in answer.text for value in fields.values())
    session.rollback()
    assert account.return_addresses is None
    assert account.domain_proof is None


def test_page_says_what_to_enter_in_the_console(reader: Browser) -> None:
    page = sentences(reader.get(PAGE))

    assert "http://localhost/empower/main" in page
    assert "Web authorization domain" in page
