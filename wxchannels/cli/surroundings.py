"""What `doctor` looks at around the database: this host, its clock, its addresses."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests
from werkzeug.sansio.utils import host_is_trusted

from wxchannels.cli.findings import Finding, compare_clocks
from wxchannels.intake.intake import IntakeStatus

TIMEOUT_SECONDS = 5
#: A day of pushes at a busy account's rate, and room for the rest of the host.
LEAST_FREE_BYTES = 256 * 1024 * 1024
LEFT_OVER_MINUTES = 5


def look_at_spool(directory: Path) -> Finding:
    """Say whether pushes can be kept on disk while the database is away."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory) as file:
            file.write(b"doctor")
            os.fsync(file.fileno())
        free = shutil.disk_usage(directory).free
    except OSError as error:
        says = f"{directory} cannot be written: {error.strerror}"
        return Finding("spool", is_fine=False, says=says)
    says = f"{directory} can be written, {free // 1024**2} MiB free"
    return Finding("spool", is_fine=free >= LEAST_FREE_BYTES, says=says)


def look_at_leftovers(status: IntakeStatus, *, now: datetime) -> Finding:
    """Say what waits in this host's spool, and what of it needs a person."""
    says, is_fine = f"{status.spooled} waiting", True
    if status.oldest_spooled_at:
        minutes = (now - status.oldest_spooled_at).total_seconds() // 60
        says += f", the oldest for {minutes:.0f} min: `spool drain` brings them home"
        is_fine = minutes < LEFT_OVER_MINUTES
    if status.quarantined:
        says += f"; {status.quarantined} set aside as unreadable: `spool status`"
        is_fine = False
    return Finding("spooled pushes", is_fine=is_fine, says=says)


def look_at_clock(api_base: str, *, now: datetime) -> Finding:
    """Compare our clock with WeChat's, if that can be reached."""
    try:
        answer = requests.head(api_base, timeout=TIMEOUT_SECONDS)
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except requests.RequestException as error:
        says = f"unknown: {api_base} cannot be reached, {type(error).__name__}"
        return Finding("clock", is_fine=None, says=says)
    except ValueError:
        says = f"unknown: {api_base} does not tell the time"
        return Finding("clock", is_fine=None, says=says)
    return compare_clocks("clock", now, theirs)


def look_at_addresses(
    base_url: str, trusted_hosts: Sequence[str] | None, proxies: int
) -> Iterator[Finding]:
    """Say whether the settings about who reaches us how go together."""
    parts = urlsplit(base_url)
    if trusted_hosts is None:
        says = f"any name is taken; WXCHANNELS_TRUSTED_HOSTS={parts.hostname} ends that"
        yield Finding("host names", is_fine=None, says=says)
    else:
        is_fine = host_is_trusted(parts.hostname, trusted_hosts)
        says = ", ".join(trusted_hosts)
        if not is_fine:
            says += f": add {parts.hostname}, or whoever comes there is refused"
        yield Finding("host names", is_fine=is_fine, says=says)
    if parts.scheme == "https" and not proxies:
        says = (
            "none, but WXCHANNELS_BASE_URL is https: with nginx in front, "
            "WXCHANNELS_PROXIES=1, or all people share one address"
        )
        yield Finding("proxies", is_fine=None, says=says)
