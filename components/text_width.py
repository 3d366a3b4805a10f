"""How wide text will be, without a browser: the advance widths of our typeface, rounded up."""

from __future__ import annotations

from itertools import accumulate

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


def text_width(text: str, size: float) -> float:
    """At least the width in pixels of a line of text of that size; unknown characters count as wide."""
    return sum(_WIDTHS.get(character, _WIDEST) for character in text) * size


def narrowest_in_two_lines(text: str, size: float, most: float) -> tuple[float, int]:
    """(width, lines) of a box for the text: one line if it fits in `most`, else two balanced ones.

    Where even two lines don't hold it the box is as wide as may be, and the page cuts the text short.
    """
    whole = text_width(text, size)
    if whole <= most:
        return whole, 1
    words = text.split()
    firsts = list(accumulate(words, lambda line, word: f"{line} {word}"))
    best = most
    for count, first in enumerate(firsts[:-1], start=1):
        width = max(text_width(first, size), text_width(" ".join(words[count:]), size))
        best = min(best, width)
    return best, 2
