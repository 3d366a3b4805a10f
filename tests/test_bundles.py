"""Our styles and scripts as one file each."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from flask import Flask

import bundles


def test_a_bundle_holds_every_file_of_its_kind_bootstrap_first() -> None:
    styles = bundles.content("css")
    places = [styles.index(path.read_bytes()) for path in sorted(bundles.ASSETS.glob("*.css"))]
    assert styles.startswith((bundles.ASSETS / "static/bootstrap.min.css").read_bytes())
    assert places == sorted(places)
    scripts = bundles.content("js")
    assert all(path.read_bytes() in scripts for path in bundles.ASSETS.glob("*.js"))


def test_the_address_changes_with_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "ASSETS", tmp_path)
    (tmp_path / "a.js").write_text("one();")
    before = bundles.address("js")
    assert bundles.address("js") == before
    (tmp_path / "b.js").write_text("two();")
    assert bundles.address("js") != before


def test_a_bundle_is_served_under_its_address() -> None:
    server = Flask("test")
    bundles.install(server)
    answer = server.test_client().get(bundles.address("css"))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/css", bundles.content("css"))


def outside_of_screens(css: str) -> str:
    """What of a style sheet stands in no `@media screen` block."""
    kept, depth = [], 0
    for piece in re.split(r"(@media screen\{|[{}])", css):
        if depth or piece == "@media screen{":
            depth += piece.endswith("{") - (piece == "}")
        else:
            kept.append(piece)
    return "".join(kept)


def test_the_dark_theme_is_of_screens_alone_so_that_paper_stays_light() -> None:
    for sheet in sorted(bundles.ASSETS.glob("*.css")):
        if sheet.name != "print.css":  # says that paper is light
            assert "[data-bs-theme=dark]" not in outside_of_screens(sheet.read_text("utf-8")), sheet.name


def test_a_class_is_laid_out_by_one_style_sheet_so_that_no_page_changes_another() -> None:
    sheets: dict[str, set[str]] = defaultdict(set)
    for sheet in bundles.ASSETS.glob("*.css"):
        for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.read_text("utf-8")):
            if re.search(r"display:(grid|flex)|grid-template", rules):
                for selector in selectors.split(","):
                    if re.fullmatch(r"\.[a-z-]+", selector.strip()):
                        sheets[selector.strip()].add(sheet.name)
    assert sheets
    assert {name: where for name, where in sheets.items() if len(where) > 1} == {}
