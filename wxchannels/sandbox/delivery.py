"""Taking one push to the account's server: a cut-off, three tries, a record of each."""

import time
from dataclasses import dataclass, field
from typing import Any

import requests

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.answers import Answer, Verdict, read_answer
from wxchannels.sandbox.pushes import Push
from wxchannels.sandbox.wire import Letter, address, dress

#: WeChat asks again after about five seconds (wechat.md 3.4).
RETRY_SECONDS = 5
OK = 200
LONGEST_ANSWER = 64 * 1024
KEPT_CHARACTERS = 4000


@dataclass
class Try:
    """One request of WeChat to the account's server, and what came back."""

    number: int
    copy: int
    at: int
    verdict: Verdict
    milliseconds: int
    status: int | None = None
    answer: str = ""
    reply: dict[str, Any] | None = None
    problem: str = ""

    @property
    def is_final(self) -> bool:
        """Say whether WeChat stops here; only no answer or an error is tried again."""
        return self.verdict in {Verdict.HANDLED, Verdict.REPLY, Verdict.FAULT}


@dataclass
class Delivery:
    """A push on its way, and all tries to get it there."""

    number: int
    push: Push
    state: str = "waiting"
    due_at: int = 0
    mode: str = ""
    format: str = ""
    body: str = ""
    tries: list[Try] = field(default_factory=list)

    @property
    def last_try(self) -> Try | None:
        """Return the try that counts: the last one of the first copy."""
        firsts = [attempt for attempt in self.tries if attempt.copy == 1]
        return firsts[-1] if firsts else None


def send_copy(account: Account, delivery: Delivery, *, copy: int) -> list[Try]:
    """Send one copy of a push, again and again until it is answered."""
    letter = dress(account, delivery.push)
    delivery.body = letter.body.decode()[:KEPT_CHARACTERS]
    tries: list[Try] = []
    for number in range(1, account.rules.tries + 1):
        if number > 1:
            time.sleep(account.rules.retry_pause_seconds)
        attempt = _try_once(account, delivery, letter, number, copy)
        if number <= account.mischief.lose_answers:
            attempt.verdict, attempt.reply = Verdict.LOST, None
        tries.append(attempt)
        if attempt.is_final:
            break
    return tries


def _try_once(
    account: Account, delivery: Delivery, letter: Letter, number: int, copy: int
) -> Try:
    """Make one request and judge what came back in time."""
    at = delivery.push.at + (number - 1) * RETRY_SECONDS
    started = time.monotonic()
    status, body, failure = _post(
        address(account, letter, at=at), letter, account.rules.cutoff_seconds
    )
    if failure:
        answer = Answer(failure)
    elif status == OK:
        answer = read_answer(account, delivery.push, body)
    else:
        answer = Answer(Verdict.HTTP_ERROR, problem=f"HTTP {status}")
    return Try(
        number=number,
        copy=copy,
        at=at,
        verdict=answer.verdict,
        milliseconds=round((time.monotonic() - started) * 1000),
        status=status,
        answer=body.decode(errors="replace")[:KEPT_CHARACTERS],
        reply=answer.reply,
        problem=answer.problem,
    )


def _post(
    url: str, letter: Letter, cutoff: float
) -> tuple[int | None, bytes, Verdict | None]:
    """Return status and body, or why there is none; `cutoff` covers everything."""
    ends = time.monotonic() + cutoff
    headers = {"Content-Type": letter.content_type, "User-Agent": "Mozilla/4.0"}
    body = b""
    try:
        with (
            requests.Session() as session,
            _open(session, url, letter.body, headers, cutoff) as answer,
        ):
            for chunk in answer.iter_content(1024):
                body += chunk
                if time.monotonic() > ends or len(body) > LONGEST_ANSWER:
                    return answer.status_code, body, Verdict.TIMEOUT
            return answer.status_code, body, None
    except requests.Timeout:
        return None, b"", Verdict.TIMEOUT
    except (requests.RequestException, OSError):
        # A time-out while the body is read comes as a ConnectionError.
        late = time.monotonic() >= ends
        return None, b"", Verdict.TIMEOUT if late else Verdict.UNREACHABLE


def _open(
    session: requests.Session,
    url: str,
    body: bytes,
    headers: dict[str, str],
    cutoff: float,
) -> requests.Response:
    """Start a request past any proxy; WeChat follows no redirect."""
    session.trust_env = False
    return session.post(
        url,
        data=body,
        headers=headers,
        timeout=cutoff,
        stream=True,
        allow_redirects=False,
    )
