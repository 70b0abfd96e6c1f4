"""Operator commands."""

from flask import Flask


def register(app: Flask) -> None:
    """Bind the commands."""
    del app
