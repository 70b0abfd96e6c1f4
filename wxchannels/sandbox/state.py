"""What belongs to a running sandbox, found through Flask's current application."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from wxchannels.sandbox.post import PostOffice
from wxchannels.sandbox.world import World

EXTENSION = "wxchannels-sandbox"


@dataclass(frozen=True)
class State:
    """The world and its post office."""

    world: World
    post: PostOffice


def current_state() -> State:
    """Return the state of the application that answers right now."""
    return cast("State", current_app.extensions[EXTENSION])


def current_world() -> World:
    """Return the world of the application that answers right now."""
    return current_state().world


def current_post() -> PostOffice:
    """Return the post office of the application that answers right now."""
    return current_state().post
