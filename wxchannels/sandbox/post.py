"""The post office: pushes leave at once, late, doubled, or in another order."""

import random
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.answers import Verdict
from wxchannels.sandbox.delivery import Delivery, Try, send_copy
from wxchannels.sandbox.pushes import Push
from wxchannels.sandbox.world import World

KEPT_DELIVERIES = 10_000


class PostOffice:
    """Everything that was pushed, is under way or is kept back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0
        self._delivered = 0
        self.log: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self._waiting: list[Delivery] = []

    def accept(self, push: Push) -> Delivery:
        """Enter `push` in the log; nothing is sent yet."""
        account = self._world.get_account(push.app_id)
        with self._world.changing():
            self._count += 1
            delivery = Delivery(
                self._count, push, mode=account.mode, format=account.format
            )
            self.log.append(delivery)
        return delivery

    def send(self, push: Push) -> Delivery:
        """Deliver `push` as the account's mischief has it, and return its record."""
        delivery = self.accept(push)
        mischief = self._world.get_account(push.app_id).mischief
        if not (mischief.hold or mischief.late_seconds or mischief.reorder):
            self.deliver([delivery])
            return delivery
        with self._world.changing():
            delivery.state = "late" if mischief.late_seconds else "held"
            delivery.due_at = push.at + mischief.late_seconds
            self._waiting.append(delivery)
            held = self._held(push.app_id)
        if mischief.reorder and not mischief.hold and len(held) >= mischief.reorder:
            self.release(push.app_id, order="reversed")
        return delivery

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send pushes now, one after the other."""
        for delivery in deliveries:
            self._deliver(self._world.get_account(delivery.push.app_id), delivery)

    def release(
        self, app_id: str, *, order: str = "sent", seed: int = 0
    ) -> list[Delivery]:
        """Send what was kept back, in the `order` sent, reversed or shuffled."""
        with self._world.changing():
            released = arrange(self._held(app_id), order, seed)
            self._waiting = [one for one in self._waiting if one not in released]
        self.deliver(released)
        return released

    def deliver_due(self) -> list[Delivery]:
        """Send the late pushes whose time has come."""
        now = self._world.clock.seconds()
        with self._world.changing():
            due = [
                one
                for one in self._waiting
                if one.state == "late" and one.due_at <= now
            ]
            self._waiting = [one for one in self._waiting if one not in due]
        self.deliver(sorted(due, key=lambda one: one.due_at))
        return due

    def count_waiting(self, app_id: str) -> int:
        """Return how many pushes are kept back."""
        return len(self._held(app_id))

    def count_done(self) -> int:
        """Return how many pushes have been delivered since the start."""
        return self._delivered

    def forget(self, app_id: str) -> None:
        """Empty the account's log and drop what was kept back."""
        with self._world.changing():
            kept = [one for one in self.log if one.push.app_id != app_id]
            self.log = deque(kept, maxlen=KEPT_DELIVERIES)
            self._waiting = [one for one in self._waiting if one.push.app_id != app_id]

    def _held(self, app_id: str) -> list[Delivery]:
        return [one for one in self._waiting if one.push.app_id == app_id]

    def _deliver(self, account: Account, delivery: Delivery) -> None:
        """Send every copy of a push and show the person what came back."""
        delivery.state = "sending"
        copies = range(1, account.mischief.copies + 1)
        if account.mischief.concurrent and len(copies) > 1:
            tries = _send_together(account, delivery, copies)
        else:
            tries = [send_copy(account, delivery, copy=copy) for copy in copies]
        with self._world.changing():
            delivery.tries = [attempt for copy in tries for attempt in copy]
            delivery.state = "done"
            self._delivered += 1
            self._show(account, delivery)

    def _show(self, account: Account, delivery: Delivery) -> None:
        """Write the reply, or the notice about a fault, into the chat."""
        relation = account.relations.get(delivery.push.openid)
        last = delivery.last_try
        if relation is None or last is None or not delivery.push.is_answerable:
            return
        if last.reply:
            relation.say(last.at, "reply", reply=last.reply)
        elif last.verdict is not Verdict.HANDLED:
            relation.say(last.at, "fault")


def arrange(deliveries: Sequence[Delivery], order: str, seed: int) -> list[Delivery]:
    """Return `deliveries` in another order; the same `seed` shuffles the same way."""
    arranged = list(deliveries)
    if order == "reversed":
        arranged.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(arranged)  # noqa: S311 - repeatable on purpose
    return arranged


def _send_together(
    account: Account, delivery: Delivery, copies: Sequence[int]
) -> list[list[Try]]:
    """Send all copies at the same moment."""
    start = threading.Barrier(len(copies))

    def send(copy: int) -> list[Try]:
        start.wait()
        return send_copy(account, delivery, copy=copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(send, copies))
