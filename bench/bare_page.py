"""A bare Dash page of the same libraries, behind nothing: what Dash itself costs a browser."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import Dash, Input, Output, dcc, html
from flask import Flask

import compression


def create_server() -> Flask:
    """One page, drawn by one callback, with one component of each library; scripts compressed as ours are."""
    app = Dash("bare", enable_mcp=False, add_log_handler=False, assets_folder="no-assets", title="Bare")
    app.layout = html.Div([dcc.Location(id="location"), html.Div(id="content")])
    app.callback(Output("content", "children"), Input("location", "pathname"))(content)
    compression.install(app.server)
    server: Flask = app.server
    with server.test_request_context("/"):
        app._setup_server()
        app.index()
    return server


def content(_pathname: str) -> html.Div:
    """A line of text, and one component of each library, so that its script is loaded."""
    return html.Div([html.Div("ready", id="ready"), dcc.Input(id="field"), _empty_grid()])


def _empty_grid() -> dag.AgGrid:
    return dag.AgGrid(id="grid", rowData=[{"a": 1}], columnDefs=[{"field": "a"}], style={"height": 120})
