"""Operator commands."""

from flask import Flask

from wxchannels.cli import accounts, api_keys, doctor, followers, sandbox, stats


def register(app: Flask) -> None:
    """Bind the commands."""
    for module in (accounts, api_keys, followers, stats, sandbox):
        app.cli.add_command(module.group)
    app.cli.add_command(doctor.doctor)
