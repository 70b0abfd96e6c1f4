"""The demo's simulated WeChat, in a process of its own."""

import os

from wxchannels.demo.settings import demo_of
from wxchannels.sandbox import server
from wxchannels.sandbox.app import create_sandbox


def main() -> None:
    """Answer until SIGTERM."""
    demo = demo_of(os.environ)
    app = create_sandbox(state_file=demo.sandbox_state)
    server.serve(app, demo.host, demo.sandbox_port)


if __name__ == "__main__":
    main()
