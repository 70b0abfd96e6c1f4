"""A manager who signs in and browses the figures, as a process of its own.

`python -m bench.manager PORT SECONDS`; prints how many pages came and how fast.
"""

import html
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from statistics import median

import requests

from bench import pushes

#: What the manager looks at, again and again.
PAGES = (
    f"/{pushes.SLUG}/overview",
    f"/{pushes.SLUG}/overview/feed",
    f"/{pushes.SLUG}/reports",
    f"/{pushes.SLUG}/channels",
    f"/{pushes.SLUG}/channels/1",
    f"/{pushes.SLUG}/events",
)
THINK_SECONDS = 0.5
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main(words: Sequence[str]) -> None:
    """Browse for the given time as the one whom EMAIL and PASSWORD admit."""
    port, seconds = int(words[0]), float(words[1])
    email, password = os.environ["EMAIL"], os.environ["PASSWORD"]
    browser, site = requests.Session(), f"http://127.0.0.1:{port}"
    sign_in(browser, site, email, password)
    print(json.dumps(browse(browser, site, seconds=seconds)))


def sign_in(browser: requests.Session, site: str, email: str, password: str) -> None:
    """Sign in by the form."""
    form = browser.get(f"{site}/sign-in", timeout=30).text
    token = TOKEN.search(form)
    if token is None:
        raise SystemExit("no form to sign in with")
    fields = {"email": email, "password": password}
    fields["csrf_token"] = html.unescape(token[1])
    answer = browser.post(f"{site}/sign-in", data=fields, timeout=30)
    answer.raise_for_status()


def browse(browser: requests.Session, site: str, *, seconds: float) -> dict[str, float]:
    """Look at one page after the other, with time to think, and tell how they came."""
    times: list[float] = []
    ends_at = time.monotonic() + seconds
    for page in cycle(PAGES):
        if time.monotonic() > ends_at:
            break
        began = time.perf_counter()
        answer = browser.get(site + page, timeout=30, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise SystemExit(f"{page} answered {answer.status_code}")
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(THINK_SECONDS)
    return {"pages": len(times), "median_ms": median(times), "max_ms": max(times)}


if __name__ == "__main__":
    main(sys.argv[1:])
