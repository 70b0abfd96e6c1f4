"""The machine that the figures come from."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from bench import databases

CPU_MODEL = re.compile(r"model name\s*: (.*)")


def description() -> str:
    """Say in a few lines what everything runs on, and how busy it is besides."""
    model = CPU_MODEL.search(Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    names = ("granian", "Flask", "SQLAlchemy", "psycopg")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    stores = ", ".join(map(databases.version, databases.available()))
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), "
        f"Linux {platform.release()}, Python {platform.python_version()}, {packages}\n"
        f"{stores}; load average before {load}"
    )
