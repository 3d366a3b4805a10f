"""How wide text will be, without a browser: the advance widths of our typeface, rounded up."""

from __future__ import annotations

from functools import lru_cache

# Atkinson Hyperlegible Next, bold: characters by the width of their widest, as a part of the font's size.
_CHARACTERS = {
    0.22: "'",
    0.26: "j|",
    0.28: ",.:;‘’",
    0.3: "`iìíî·",
    0.32: " !lï",
    0.34: "()[",
    0.36: "]",
    0.38: "-frt",
    0.4: '"_{}',
    0.44: "/1I\\ÌÍÎÏ•",
    0.48: "“”",
    0.5: "*",
    0.52: "cszç–",
    0.54: "7vxy~ýÿ×",
    0.56: "?Lakàáâãäå",
    0.58: "29<>FJehnouèéêëñòóôõöøùúûü",
    0.6: "+3E^bdgpqÈÉÊË",
    0.62: "$5=STZ",
    0.64: "468Pß£",
    0.66: "0BCRVYÇÝ",
    0.68: "AKÀÁÂÃÄÅ",
    0.7: "DUXÙÚÛÜ",
    0.72: "GHNÑ",
    0.74: "&w",
    0.76: "OQÒÓÔÕÖØ",
    0.78: "#",
    0.8: "@…",
    0.84: "—",
    0.86: "M",
    0.88: "æ",
    0.9: "Wm",
    0.98: "%Æ",
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

    It is the narrowest with so many lines, as the page balances them. Where the text can't be had, the box is
    as large as may be and the page cuts the text short.
    """
    words = [text_width(word, size) for word in text.split()]
    space = text_width(" ", size)
    lines = _lines(words, space, most)
    if len(lines) > most_lines or max(lines) > most:
        return most, min(len(lines), most_lines)
    width = max(lines)
    while len(narrower := _lines(words, space, width - 0.01)) == len(lines) and max(narrower) < width:
        width = max(narrower)
    return width, len(lines)


def _lines(words: list[float], space: float, most: float) -> list[float]:
    """The widths of the lines that words of these widths make, each as full as it can be."""
    lines = [0.0]
    for word in words:
        longer = lines[-1] + space + word if lines[-1] else word
        if longer <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
