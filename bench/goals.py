"""What we promised ourselves, and how a figure compares with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A ratio that must be reached, and one that we want."""

    must: float
    want: float

    def verdict(self, ratio: float) -> str:
        """Say where `ratio` lies."""
        if ratio >= self.want:
            return f"wanted {self.want:g}: reached"
        if ratio >= self.must:
            return f"must be {self.must:g}: reached; wanted {self.want:g}"
        return f"must be {self.must:g}: MISSED"
