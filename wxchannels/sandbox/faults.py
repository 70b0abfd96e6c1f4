"""Ways in which the platform's API goes wrong on demand."""

from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens to a call."""

    ERRCODE = "errcode"
    #: The errcode as a string: some endpoints did that (wechat.md 0).
    TEXT_ERRCODE = "text_errcode"
    HTTP = "http"
    DROP = "drop"
    HTML = "html"
    TRUNCATED = "truncated"
    LATENCY = "latency"


#: Every path but the two that give tokens; those are named where they are meant.
ANY_PATH = "*"
TOKEN_PATHS = ("/cgi-bin/token", "/cgi-bin/stable_token")


@dataclass
class Fault:
    """One thing that goes wrong on `path`, for the next `times` calls or always."""

    path: str
    kind: FaultKind
    code: int = -1
    seconds: float = 0.0
    times: int | None = 1

    def covers(self, path: str) -> bool:
        """Say whether a call of `path` meets this fault."""
        if self.path == ANY_PATH:
            return path not in TOKEN_PATHS
        return self.path == path


@dataclass
class FaultList:
    """What is wrong with the API of one account at the moment."""

    faults: list[Fault] = field(default_factory=list)

    def take(self, path: str) -> list[Fault]:
        """Use up and return what happens to one call of `path`.

        Delays add to whatever else goes wrong; of the rest only the oldest happens.
        """
        found = [fault for fault in self.faults if fault.covers(path)]
        delays = [fault for fault in found if fault.kind is FaultKind.LATENCY]
        others = [fault for fault in found if fault.kind is not FaultKind.LATENCY]
        taken = delays + others[:1]
        for fault in taken:
            if fault.times is not None:
                fault.times -= 1
        self.faults = [fault for fault in self.faults if fault.times != 0]
        return taken
