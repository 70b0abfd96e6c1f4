import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.nginx import DEPLOY
from tests.e2e import servers


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed"
)
def test_systemd_takes_the_units_as_shipped(tmp_path: Path) -> None:
    for unit in DEPLOY.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        # The commands are the real ones, where they are here.
        here = text.replace("/opt/wxchannels", str(servers.ROOT))
        (tmp_path / unit.name).write_text(here, encoding="utf-8")
    units = sorted(tmp_path.iterdir())

    verified = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, check=False
    )

    assert (len(units), verified.returncode) == (3, 0), verified.stderr.decode()
