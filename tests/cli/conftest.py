import pytest
from flask import Flask
from flask.testing import FlaskCliRunner


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    """Run operator commands: `cli.invoke(args=[...])`."""
    return app.test_cli_runner()
