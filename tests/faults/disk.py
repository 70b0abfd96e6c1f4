"""A disk so small that it is full in no time."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = "8m"
BLOCK = bytes(4096)


@contextmanager
def small_disk() -> Iterator[Path]:
    """Mount a small disk until the block ends, or skip where we may not."""
    folder = Path(tempfile.mkdtemp(prefix="wxchannels-faults-"))
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "faults"]
    try:
        if os.geteuid() != 0:
            pytest.skip("only root may mount a small disk")
        mounted = subprocess.run(["mount", *options, folder], check=False)
        if mounted.returncode != 0:
            pytest.skip("a small disk cannot be mounted here")
        try:
            yield folder
        finally:
            # Whoever still has a file open on it keeps it until then.
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        shutil.rmtree(folder)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Leave no room on `disk` until the block ends."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(BLOCK):
                pass
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()
