"""The world on disk, so that a restarted demo still knows its codes and people."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.world import Person, World

SAVE_EVERY_SECONDS = 1.0


def save(world: World, path: Path) -> None:
    """Write the world to `path`; a reader never sees half of it."""
    with world.reading():
        clock = world.clock
        text = json.dumps(
            {
                "ahead_seconds": clock.ahead_seconds,
                "stopped_at": clock.stopped_at and clock.stopped_at.isoformat(),
                "accounts": {key: asdict(one) for key, one in world.accounts.items()},
                "people": {key: asdict(one) for key, one in world.people.items()},
            },
            ensure_ascii=False,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.chmod(0o600)
    part.replace(path)


def load(world: World, path: Path) -> None:
    """Bring back the world of `path`, if there is one."""
    if not path.exists():
        return
    saved = json.loads(path.read_text(encoding="utf-8"))
    with world.changing():
        world.clock.ahead_seconds = saved["ahead_seconds"]
        stopped_at = saved["stopped_at"]
        world.clock.stopped_at = stopped_at and datetime.fromisoformat(stopped_at)
        world.accounts = _revive(dict[str, Account], saved["accounts"])
        world.people = _revive(dict[str, Person], saved["people"])


def _revive(kind: Any, value: Any) -> Any:  # noqa: ANN401 - a type tells what comes out
    """Turn JSON back into what `kind` says."""
    arguments = [one for one in get_args(kind) if one is not NoneType]
    if value is None or kind is Any:
        return value
    if get_origin(kind) is dict:
        return {key: _revive(arguments[1], item) for key, item in value.items()}
    if get_origin(kind) is list:
        return [_revive(arguments[0], item) for item in value]
    if isinstance(kind, UnionType):
        return _revive(arguments[0], value)
    if is_dataclass(kind):
        return _revive_dataclass(kind, value)
    return kind(value) if issubclass(kind, Enum) else value


def _revive_dataclass(kind: Any, value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    """Build a dataclass; a field this version does not have is left out."""
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind) if one.name in value]
    return kind(**{name: _revive(hints[name], value[name]) for name in names})


class Keeper:
    """Saves the world whenever it has changed, at most once a second."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._saved_version = world.version
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Save once more and end."""
        self._stop.set()
        self._thread.join()
        self.save_if_changed()

    def save_if_changed(self) -> None:
        """Save what changed since last time."""
        version = self._world.version
        if version != self._saved_version:
            save(self._world, self._path)
            self._saved_version = version

    def _run(self) -> None:
        while not self._stop.wait(SAVE_EVERY_SECONDS):
            self.save_if_changed()
