"""What a wall's screen loads: only what Chromium 96 can do, and little of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bundles import ASSETS
from callbacks.walls import FILES

ROOT = ASSETS.parent
TEMPLATES = ROOT / "components" / "templates"
STYLES = [ASSETS / name for name in FILES if name.endswith(".css")]
SCRIPTS = [ASSETS / name for name in FILES if name.endswith(".js")]
LARGEST_SCRIPT = 16_000
LARGEST_LOAD = 130_000
"""Bytes before compression, fonts included; what they become in memory is held in the browser's test."""
NEWER_SYNTAX = {
    r"(?<![\w.])&[\s.:\[>]": "nested rules (112)",
    r"@media[^{]*[<>]": "ranges in media queries (104)",
    r"\d(?:cq(?:w|h|i|b|min|max)|[dsl]v[wh]|r?cap|rch|rex|r?ic|r?lh)\b": "newer units (105 to 118)",
}


def names_newer_than_chromium_96() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    kind = ""
    for line in Path(__file__).with_name("newer_than_chromium_96.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(kind, set()).update(line.split())
    return found


NEWER = names_newer_than_chromium_96()


def style(path: Path) -> str:
    """The file without comments, texts and addresses."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    return re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", text)


def script(path: Path) -> str:
    """The file without comments and texts; what stands in `${…}` stays."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    return re.sub(r"\"(?:\\.|[^\"\\])*\"", '""', text)


def newer_in_style(text: str) -> set[str]:
    properties = set(re.findall(r"(?<=[{;\s])([a-z-]+)\s*:", text))
    found = {one for one in properties & NEWER["properties"] if f"-webkit-{one}" not in properties}
    selectors = " ".join(re.findall(r"([^{};]+)\{", text))
    found |= set(re.findall(r"::?([a-z-]+)", selectors)) & NEWER["pseudo-classes"]
    found |= set(re.findall(r"@([a-z-]+)", text)) & NEWER["at-rules"]
    found |= set(re.findall(r"([a-z][a-z0-9-]*)\(", text)) & NEWER["functions"]
    return found | {words for pattern, words in NEWER_SYNTAX.items() if re.search(pattern, text)}


def newer_in_script(text: str) -> set[str]:
    """Members of what the browser brings; a function of the script's own may be called what it likes."""
    own = set(re.findall(r"\bfunction (\w+)", text))
    return (set(re.findall(r"(?:\.|\bnew |\?\.)([A-Za-z]\w*)", text)) & NEWER["members"]) - own


def test_the_list_knows_what_came_after_chromium_96() -> None:
    assert newer_in_style("a:has(b){text-wrap:balance;color:color-mix(in srgb,red,blue);width:5dvh}") == {
        "has",
        "text-wrap",
        "color-mix",
        "newer units (105 to 118)",
    }
    assert newer_in_style("a{b{color:red} &:hover{scale:2}}") == {"nested rules (112)", "scale"}
    assert newer_in_style("@layer a{} @container (width>3rem){}") == {"layer", "container"}
    newer = "x.findLast(f); Object.groupBy(a, f); AbortSignal.timeout(5); xs.toSorted(); structuredClone(x)"
    assert newer_in_script(newer) == {"findLast", "groupBy", "toSorted"}
    older = "xs.at(-1); new AbortController(); x?.y.replaceAll(a, b); Object.hasOwn(a, b)"
    assert newer_in_script(older) == set()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_walls_styles_are_those_of_chromium_96(path: Path) -> None:
    assert newer_in_style(style(path)) == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_walls_scripts_are_those_of_chromium_96(path: Path) -> None:
    assert newer_in_script(script(path)) == set()


def test_a_walls_templates_bring_no_style_or_script_of_their_own() -> None:
    for name in ("wall.html", "wall_boards.html"):
        text = (TEMPLATES / name).read_text("utf-8")
        assert not re.search(r"<style|<script(?![^>]*src=)|\son\w+=|<dialog|<popover", text), name
        assert {found for found in re.findall(r"style=\"?([a-z-]+)", text)} <= {"flex-grow"}, name


def test_what_a_wall_loads_is_within_its_budget() -> None:
    fonts = sum(path.stat().st_size for path in (ASSETS / "static/fonts").glob("*.woff2"))
    assert (ASSETS / "static/wall.js").stat().st_size < LARGEST_SCRIPT
    assert sum((ASSETS / name).stat().st_size for name in FILES) + fonts < LARGEST_LOAD


def test_nothing_flashes_on_a_wall() -> None:
    text = style(ASSETS / "static/wall.css")
    assert "animation" not in text
    assert "@keyframes" not in text
    assert "prefers-reduced-motion" in text
