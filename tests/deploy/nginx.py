"""nginx with the site of `deploy/`, on free ports of this machine."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import servers

DEPLOY = servers.ROOT / "deploy"
PATH = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME = "wx.example.com"
#: Only what a distribution's own nginx.conf says around our site.
AROUND = """
daemon off;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
    types {{ image/png png; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """An nginx in front of app hosts."""

    port: int
    tls_port: int
    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    @property
    def log(self) -> str:
        return (self.folder / "access.log").read_text(encoding="utf-8")


@contextmanager
def in_front_of(ports: Sequence[int], folder: Path) -> Iterator[Proxy]:
    """Run nginx before the app hosts at `ports` until the block ends."""
    proxy = Proxy(servers.free_port(), servers.free_port(), folder)
    _make_certificate(folder)
    _write_site(proxy, ports)
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder), encoding="utf-8")
    command = [str(PATH), "-p", str(folder), "-c", str(config)]
    tried = subprocess.run([*command, "-t"], check=False, capture_output=True)
    assert tried.returncode == 0, tried.stderr.decode()
    process = subprocess.Popen(command)
    try:
        _wait_for(proxy.tls_port)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=10)


def _write_site(proxy: Proxy, ports: Sequence[int]) -> None:
    """Write the site as shipped, on our ports and in our folder."""
    folder = proxy.folder
    hosts = "\n".join(f"server 127.0.0.1:{port} max_fails=1;" for port in ports)
    changes = {
        "server 127.0.0.1:8000 max_fails=1 fail_timeout=5s;": hosts,
        "listen 80;": f"listen 127.0.0.1:{proxy.port};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{proxy.tls_port} ssl http2;",
        "/etc/ssl/wxchannels/": f"{folder}/",
        "/var/log/nginx/wxchannels.log": f"{folder}/access.log",
    }
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for shipped, ours in changes.items():
        assert shipped in site
        site = site.replace(shipped, ours)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    for included in DEPLOY.glob("wxchannels-*.conf"):
        shutil.copy(included, folder)


def _make_certificate(folder: Path) -> None:
    what = f"-subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    how = "-x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out fullchain.pem"
    subprocess.run(
        ["openssl", "req", *how.split(), *what.split()],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")
