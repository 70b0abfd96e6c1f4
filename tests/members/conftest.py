import pytest
from sqlalchemy.orm import Session

from tests.members.site import Site
from wxchannels.models import Account


@pytest.fixture
def site(session: Session, account: Account) -> Site:
    return Site(session, account)
