"""The only place that asks the time."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return this moment, aware and in UTC."""
    return datetime.now(UTC)
