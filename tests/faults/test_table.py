"""docs/reliability.md says which test shows what: each of them exists."""

import ast
import re

import pytest

from tests.e2e.servers import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.*)$", PAGE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_every_fault_has_a_row() -> None:
    assert [int(number) for number, _ in ROWS] == [*range(1, 29), 30]
    assert [number for number, row in ROWS if "::test_" not in row] == []


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_named_test_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    assert name in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
    }
