"""The HTML that every page of Dash's begins with: our styles and scripts, and what is asked for ahead."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import new
from html import escape
from typing import Any

from dash import Dash
from flask import request

import bundles
import security

INDEX = """<!DOCTYPE html>
<html lang="en-GB">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" href="/assets/static/icon.svg" type="image/svg+xml">
    <link rel="preload" href="/assets/static/fonts/atkinson-latin.woff2?m=1"
          as="font" type="font/woff2" crossorigin>
    {%css%}
  </head>
  <body>
    <noscript><main class="page"><div class="card message"><h1>This page needs JavaScript</h1>
      <p>Routebook draws it in your browser. Please allow JavaScript for this address and open the page
      again, or ask whoever looks after your device.</p></div></main></noscript>
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>"""
GRID_AHEAD = '<script defer src="/_dash-component-suites/dash_ag_grid/async-community.js"></script>'
"""The part of AG Grid that its script fetches once there is a grid: named where it isn't in time."""
GRID_LIBRARY = re.compile(r'<script src="([^"]*/dash_ag_grid/[^"]*)"></script>')
"""What `assets/grid_library.js` reads on other pages than a cohort's, once there is a grid."""
WITH_GRID = re.compile(r"/cohort/[^/]+/?")
"""The pages that begin with a grid."""


class Routebook(Dash):
    """Dash, with our styles and scripts in two files and what asks ahead within the page; it says less of the
    machine that it runs on."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # its own takes them so too
        parts["metas"] += f'<meta name="pages" content="{escape(security.page_pattern().pattern)}">'
        parts["metas"] += f'<meta name="first-callback" content="{escape(self._first_callback())}">'
        parts["metas"] += f"<script>{bundles.ahead()}</script>"
        if WITH_GRID.fullmatch(request.path):
            parts["css"] += GRID_AHEAD
        else:
            [grid] = GRID_LIBRARY.findall(parts["scripts"])
            parts["scripts"] = GRID_LIBRARY.sub("", parts["scripts"])
            parts["metas"] += f'<meta name="grid-library" content="{grid}">'
        parts["css"] += f'<link rel="stylesheet" href="{bundles.address("css")}">'
        parts["scripts"] += f'<script src="{bundles.address("js")}"></script>'
        index: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]  # Dash's own
        return index

    def csp_hashes(self, hash_algorithm: str = "sha256") -> Sequence[str]:
        """Of the scripts that the page carries within itself."""
        hashes = super().csp_hashes(hash_algorithm)
        ours = new(hash_algorithm, bundles.ahead().encode()).digest()
        return [*hashes, f"'{hash_algorithm}-{b64encode(ours).decode()}'"]

    def _first_callback(self) -> str:
        """The callback that draws a page, as the browser asks for it, without the values of its inputs."""
        name = next(name for name in self.callback_map if "_pages_content.children" in name)
        outputs = [output.rsplit(".", 1) for output in name.strip(".").split("...")]
        return json.dumps(
            {
                "output": name,
                "outputs": [{"id": id_, "property": of} for id_, of in outputs],
                "inputs": [
                    {"id": one["id"], "property": one["property"]}
                    for one in self.callback_map[name]["inputs"]
                ],
            }
        )

    def _config(self) -> dict[str, Any]:
        config = super()._config()  # type: ignore[no-untyped-call]  # Dash's own, without types
        return {name: value for name, value in config.items() if name != "python_version"}
