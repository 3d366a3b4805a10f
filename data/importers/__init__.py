"""Imports: real plans from the ILR, OULAD and a college's own files. See docs/importing.md."""

from data.importers.columns import template
from data.importers.frame import KINDS, import_files
from data.importers.summary import Summary

__all__ = ["KINDS", "Summary", "import_files", "template"]
