"""Jinja's environment for every page and drawing: what a template prints is escaped.

markupsafe makes a `Markup` of each escaped piece, which costs about eight times the escaping itself
(docs/decisions/0020); a template joins its pieces to text anyway, so here they stay text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import _escape_inner, escape  # type: ignore[attr-defined]  # without the class around it

from components import words


def escaped(value: Any) -> str:
    """The value as HTML: markup as it is, all else with its special characters replaced."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is int:
        return str(value)
    if kind is Undefined:
        return ""  # the absent else of {{ "this" if that }}; an unknown name is a StrictUndefined
    return escape(value)


class _EscapesToText(CodeGenerator):
    """Calls `escaped` where Jinja's own code calls `markupsafe.escape`."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _Templates(Environment):
    code_generator_class = _EscapesToText
    escaped = staticmethod(escaped)


environment = _Templates(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["words"] = words
