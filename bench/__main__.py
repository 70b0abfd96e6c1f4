"""`python -m bench [b1 b2 b3 b9 profile]`: the questions to ask; without any, all."""

import argparse
import logging
import tempfile
from pathlib import Path

from bench import b1, b2, b3, b9, machine, profile

QUESTIONS = {
    "b1": b1.main,
    "b2": b2.main,
    "b3": b3.main,
    "b9": b9.main,
    "profile": profile.main,
}


def main() -> None:
    """Answer the questions that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("questions", nargs="*", choices=[*QUESTIONS, []])
    named = parser.parse_args().questions
    logging.basicConfig(level=logging.WARNING)
    print(machine.description(), flush=True)
    for name in named or QUESTIONS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            QUESTIONS[name](Path(folder))


main()
