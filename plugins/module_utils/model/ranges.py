# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of internal numbers as ranges: how many, which are in use, and what several intervals have in common. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from .intervals import Interval, bounds

Range = tuple[int, int, int]
"""Numbers of one length, from the first to the last: (4, 100, 199) is 0100 to 0199, which are not 100 to 199."""
Number = tuple[int, int]
"""One number and its length: (4, 100) is 0100."""
Owner = TypeVar("Owner", bound=Hashable)
NEARLY_FULL = 90
"""From how many per cent on an interval is nearly full."""
LEAST = 10
"""How many numbers an interval must have to be called nearly full; smaller ones are meant to be used up."""


def as_number(text: str) -> Number | None:
    """Return a number with its length; None for what is not written in digits, such as ``*55``."""
    return (len(text), int(text)) if text.isascii() and text.isdigit() else None


def ranges_of(interval: Mapping[str, Any]) -> list[Range]:
    """Return an interval as ranges: one, or one for each length where its bounds differ in that."""
    first, last = bounds(interval)
    digits = len(interval["start"])
    lengths = range(digits, max(digits, len(interval["end"])) + 1)
    cut = [(one, max(first, 10 ** (one - 1) if one > digits else 0), min(last, 10**one - 1)) for one in lengths]
    return [one for one in cut if one[1] <= one[2]]


def union(ranges: Iterable[Range]) -> list[Range]:
    """Return the same numbers as ranges that neither touch nor overlap, in order."""
    joined: list[Range] = []
    for digits, first, last in sorted(ranges):
        if joined and joined[-1][0] == digits and first <= joined[-1][2] + 1:
            joined[-1] = (digits, joined[-1][1], max(joined[-1][2], last))
        else:
            joined.append((digits, first, last))
    return joined


def size(ranges: Iterable[Range]) -> int:
    """Return how many numbers there are in ranges that do not overlap."""
    return sum(last - first + 1 for _digits, first, last in ranges)


def within(ranges: Iterable[Range], numbers: list[Number]) -> int:
    """Return how many of some numbers, sorted and each once, are in ranges that do not overlap."""
    return sum(
        bisect_right(numbers, (digits, last)) - bisect_left(numbers, (digits, first)) for digits, first, last in ranges
    )


def usage(intervals: Iterable[Interval], numbers: Iterable[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return each interval with its ``size``, ``used`` and ``free``, and the same three for all of them together.

    A number that is in two of the intervals counts once in all.
    """
    taken = sorted({one for one in map(as_number, numbers) if one})
    each = [(interval, union(ranges_of(interval))) for interval in intervals]
    every = union(one for _interval, ranges in each for one in ranges)
    return [{**interval, **_counts(ranges, taken)} for interval, ranges in each], _counts(every, taken)


def _counts(ranges: list[Range], taken: list[Number]) -> dict[str, int]:
    total, used = size(ranges), within(ranges, taken)
    return {"size": total, "used": used, "free": total - used}


def is_nearly_full(counts: Mapping[str, Any]) -> bool:
    """Return whether an interval with that ``size`` and ``used`` has few free numbers left; not if nobody knows."""
    if counts["used"] is None:
        return False
    return counts["size"] >= LEAST and 100 * counts["used"] >= NEARLY_FULL * counts["size"]


def overlapping(owned: Iterable[tuple[Owner, Interval]]) -> Iterator[tuple[tuple[Owner, Interval], ...]]:
    """Yield each two of some intervals that have a number in common."""
    active: list[tuple[Range, int]] = []
    every = list(owned)
    seen: set[tuple[int, int]] = set()
    for new, place in sorted(
        (one, place) for place, (_owner, interval) in enumerate(every) for one in ranges_of(interval)
    ):
        active = [(old, other) for old, other in active if old[0] == new[0] and old[2] >= new[1]]
        for _old, other in active:
            pair = (min(place, other), max(place, other))
            if other != place and pair not in seen:
                seen.add(pair)
                yield tuple(every[one] for one in pair)
        active.append((new, place))


def shared(owned: Iterable[tuple[Owner, Interval]]) -> Iterator[tuple[Range, list[Owner]]]:
    """Yield the ranges that are in intervals of several owners, each as long as it has the same owners, with these."""
    steps: dict[Number, list[tuple[int, Owner]]] = {}
    for owner, interval in owned:
        for digits, first, last in ranges_of(interval):
            steps.setdefault((digits, first), []).append((1, owner))
            steps.setdefault((digits, last + 1), []).append((-1, owner))
    current: dict[Owner, int] = {}
    begin: Number = (0, 0)
    for place in sorted(steps):
        owners = [owner for owner, depth in current.items() if depth]
        if len(owners) > 1:
            yield (begin[0], begin[1], place[1] - 1), owners
        for step, owner in steps[place]:
            current[owner] = current.get(owner, 0) + step
        begin = place


def shown(ranges: Range) -> Interval:
    """Return a range as an interval, such as ``{"start": "0100", "end": "0199"}``."""
    digits, first, last = ranges
    return {"start": str(first).zfill(digits), "end": str(last).zfill(digits)}
