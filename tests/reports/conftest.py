import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.reports import story
from tests.reports.story import Places
from wxchannels.models import Account


@pytest.fixture
def places(session: Session, account: Account, client: FlaskClient) -> Places:
    """Send the story and return its channels."""
    return story.tell(session, account, client)
