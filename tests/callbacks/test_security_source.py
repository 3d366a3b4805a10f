"""What must not stand in our source, whatever it does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("*.py", "components/**/*.py", "callbacks/**/*.py", "data/**/*.py")
THE_ONE_SETTER = ROOT / "assets" / "drawing.js"


def python_files() -> Iterator[Path]:
    for pattern in OURS:
        yield from ROOT.glob(pattern)


def scripts() -> list[Path]:
    return [path for path in (ROOT / "assets").rglob("*.js") if ".min." not in path.name]


def found(pattern: str, paths: Iterator[Path] | list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_source_is_really_looked_at() -> None:
    assert len(list(python_files())) > 30
    assert THE_ONE_SETTER in scripts()
    assert found(r"innerHTML", [THE_ONE_SETTER])


@pytest.mark.parametrize(
    "pattern",
    [
        r"dangerously_allow_html",
        r"\beval\(",
        r"\bexec\(",
        r"Markup\(",
        r"mark_safe",
        r"shell=True",
        r"pickle",
    ],
)
def test_no_python_trusts_text_as_code_or_markup(pattern: str) -> None:
    assert found(pattern, python_files()) == []


def test_templates_escape_everything() -> None:
    templates = list((ROOT / "components" / "templates").rglob("*.html"))
    assert templates
    assert found(r"\|\s*safe\b|autoescape\s+false|Markup", templates) == []


@pytest.mark.parametrize(
    "pattern", [r"\beval\(", r"new Function", r"document\.write", r"insertAdjacentHTML", r"outerHTML"]
)
def test_no_script_makes_code_or_markup_of_text(pattern: str) -> None:
    assert found(pattern, scripts()) == []


def test_one_script_sets_html() -> None:
    assert {place.split(":")[0] for place in found(r"innerHTML", scripts())} == {"assets/drawing.js"}


def test_nothing_is_kept_in_the_browser() -> None:
    assert found(r"localStorage|sessionStorage|indexedDB", [*scripts(), *python_files()]) == []
    assert found(r"persistence", python_files()) == []


def test_every_store_forgets_with_its_page() -> None:
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Store"):
                kinds = [keyword.value for keyword in node.keywords if keyword.arg == "storage_type"]
                assert [ast.unparse(kind) for kind in kinds] in ([], ["'memory'"]), (path, node.lineno)


def test_no_text_is_put_together_into_sql() -> None:
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("text", "sqlalchemy.text"):
                assert isinstance(node.args[0], ast.Constant), (path, node.lineno)


def test_no_secret_map_or_debugger_is_shipped() -> None:
    assert list((ROOT / "assets").rglob("*.map")) == []
    assert found(r"\bbreakpoint\(|\bpdb\b", python_files()) == []
