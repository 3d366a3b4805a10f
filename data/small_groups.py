"""Which groups of learners a public screen may show: none so small that somebody could be meant."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def hidden(sizes: Mapping[Key, int], at_least: int) -> frozenset[Key]:
    """The groups that must not be shown, of those that together make a whole whose figures are known.

    A group of fewer than `at_least` learners is hidden. Where the hidden ones together are fewer than that,
    the whole less the groups shown would give them away, so the smallest of the others are hidden too,
    until what remains in the dark is large enough. A group of nobody gives nothing away.
    """
    small = {key for key, size in sizes.items() if 0 < size < at_least}
    in_the_dark = sum(sizes[key] for key in small)
    if small:
        for key in sorted(sizes.keys() - small, key=lambda key: (sizes[key], str(key))):
            if in_the_dark >= at_least:
                break
            if sizes[key]:
                small.add(key)
                in_the_dark += sizes[key]
    return frozenset(small)
