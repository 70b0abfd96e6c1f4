"""Tells a WeChat official account which channel brought which follower, exactly."""

__version__ = "0.1.0"
