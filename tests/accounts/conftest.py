from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from wxchannels.columns import keyring
from wxchannels.database import open_engine
from wxchannels.models import Base


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    keyring.use([b"k" * 32])
    engine = open_engine(f"sqlite:///{tmp_path / 'test.sqlite3'}", pool_size=2)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()
