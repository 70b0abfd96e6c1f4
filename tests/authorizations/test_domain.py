"""The file of WeChat's console."""

import pytest
from sqlalchemy.orm import Session

from wxchannels.authorizations.domain import (
    BadDomainFileError,
    is_expected,
    read_domain_file,
)
from wxchannels.models import Account


@pytest.mark.parametrize("name", ["MP_verify_8Z9ZkXhmFvm6y9ZT.txt", "8Z9ZkXhmFvm6y9ZT"])
def test_file_says_what_its_name_does(name: str) -> None:
    assert read_domain_file(name) == "8Z9ZkXhmFvm6y9ZT"


def test_no_name_is_no_file() -> None:
    assert read_domain_file("") is None


@pytest.mark.parametrize(
    "name", ["robots.txt", "MP_verify_.txt", "../8Z9ZkXhmFvm6y9ZT"]
)
def test_other_files_are_none_of_wechats(name: str) -> None:
    with pytest.raises(BadDomainFileError):
        read_domain_file(name)


def test_only_the_file_that_was_entered_is_shown(
    session: Session, account: Account
) -> None:
    account.domain_proof = "8Z9ZkXhmFvm6y9ZT"
    session.flush()

    assert is_expected(session, "8Z9ZkXhmFvm6y9ZT")
    assert not is_expected(session, "8z9zkxhmfvm6y9zt")
    assert not is_expected(session, "")
