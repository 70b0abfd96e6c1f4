"""The file with which WeChat's console checks that a domain is ours."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account

#: The console names the file after its own content.
NAME = re.compile(r"(?:MP_verify_)?([A-Za-z0-9]{8,32})(?:\.txt)?")


class BadDomainFileError(DomainError):
    """Any other file is none of WeChat's."""

    field = "domain_file"
    sentence = N_("The file is called like MP_verify_8Z9ZkXhmFvm6y9ZT.txt.")


def read_domain_file(name: str) -> str | None:
    """Return the content of the file with this name; no name is no file."""
    if not name:
        return None
    found = NAME.fullmatch(name)
    if found is None:
        raise BadDomainFileError
    return found[1]


def is_expected(session: Session, content: str) -> bool:
    """Say whether an account was given the file with this content."""
    query = select(Account.id).where(Account.domain_proof == content)
    return session.scalar(query.limit(1)) is not None
