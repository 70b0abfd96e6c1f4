"""The thread that brings late pushes when their time has come."""

import threading

from wxchannels.sandbox.post import PostOffice

LOOK_EVERY_SECONDS = 0.25


class Courier:
    """Looks for late pushes until it is told to stop."""

    def __init__(self, post: PostOffice) -> None:
        self._post = post
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round that is under way and end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_SECONDS):
            self._post.deliver_due()
