"""Operator commands."""

from flask import Flask

from wxchannels.cli import (
    accounts,
    api_keys,
    doctor,
    followers,
    keys,
    replay,
    sandbox,
    spool,
    stats,
    tasks,
    users,
    worker,
)


def register(app: Flask) -> None:
    """Bind the commands."""
    modules = (
        accounts,
        api_keys,
        followers,
        keys,
        sandbox,
        spool,
        stats,
        tasks,
        users,
    )
    stats.group.add_command(replay.replay)
    for module in modules:
        app.cli.add_command(module.group)
    app.cli.add_command(doctor.doctor)
    app.cli.add_command(worker.worker)
