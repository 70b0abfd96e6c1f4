"""What all that happens to an authorization has in common."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from wxchannels.models import WebAuthorization
from wxchannels.statements import count_changed


def move(
    session: Session,
    authorization: WebAuthorization,
    expected: ColumnElement[bool],
    values: Mapping[str, object],
) -> bool:
    """Change the row if it is as expected; say whether it was."""
    statement = update(WebAuthorization).where(
        WebAuthorization.id == authorization.id, expected
    )
    changed = count_changed(
        session, statement.values(values).execution_options(synchronize_session=False)
    )
    session.refresh(authorization)
    return bool(changed)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret; random bits need no slower hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
