"""How wide text will be, without a browser: the advance widths of our typeface, rounded up."""

from __future__ import annotations

from functools import lru_cache

# Atkinson Hyperlegible Next, bold: characters by the width of their widest, as a part of the font's size.
_CHARACTERS = {
    0.31: "'|j,.:;‘’`!i ",
    0.4: 'l()[]f-rt{}"_',
    0.5: "I/1\\*“”–",
    0.57: "cszyv7x~×?LaJekéhnuü9<>F",
    0.63: "2^o+g3Ebdpq$5=ST48ZP£6",
    0.7: "BVRY0CKADUXH",
    0.78: "&GNwOQ#@…",
}
_WIDTHS = {character: width for width, characters in _CHARACTERS.items() for character in characters}
_WIDEST = 1.0
TEXTS_KEPT = 4096
"""The titles of milestones are those of a whole cohort."""


@lru_cache(maxsize=TEXTS_KEPT)
def text_width(text: str, size: float) -> float:
    """At least the width in pixels of a line of text of that size; unknown characters count as wide."""
    return sum(_WIDTHS.get(character, _WIDEST) for character in text) * size


@lru_cache(maxsize=TEXTS_KEPT)
def wrapped(text: str, size: float, most: float, most_lines: int) -> tuple[float, int]:
    """(width, lines) of a box in which the text fits, if it can be had with so many lines at most.

    Where it can't, the box is as large as may be and the page cuts the text short.
    """
    lines = [0.0]
    for word in text.split():
        longer = lines[-1] + text_width(f" {word}" if lines[-1] else word, size)
        if longer <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(text_width(word, size))
    return min(max(lines), most), min(len(lines), most_lines)
