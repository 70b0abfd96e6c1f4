"""Tells a WeChat official account which channel brought which follower, exactly."""
