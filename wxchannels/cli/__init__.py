"""Operator commands."""

from flask import Flask

from wxchannels.cli import (
    accounts,
    api_keys,
    doctor,
    followers,
    keys,
    sandbox,
    stats,
    users,
)


def register(app: Flask) -> None:
    """Bind the commands."""
    for module in (accounts, api_keys, followers, keys, stats, sandbox, users):
        app.cli.add_command(module.group)
    app.cli.add_command(doctor.doctor)
