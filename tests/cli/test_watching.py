"""How far a long command is, for whoever watches it."""

import sys

import pytest

from wxchannels.cli.watching import Watched


def test_terminal_shows_one_line_that_is_written_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    watched = Watched()

    watched.show("1 of 2")
    watched.show("2 of 2")
    watched.clear()

    assert capsys.readouterr().err == "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K"


def test_log_is_not_filled(capsys: pytest.CaptureFixture[str]) -> None:
    Watched().show("1 of 2")

    assert capsys.readouterr().err == ""
