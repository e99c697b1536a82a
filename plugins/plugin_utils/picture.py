# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything is in the picture of a numbering plan: one axis for all XiVOs, so that overlaps are aligned.

The axis is to scale, but for what no interval has: a gap is as wide as any other, so that 10 numbers among 10 million
can be seen. Places and widths are in thousandths of the width of the picture.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.model.ranges import (
    Number,
    Range,
    as_number,
    ranges_of,
    size,
    union,
)

WIDTH = 1000.0
HEIGHT = 20
GAP = 10.0
"""How wide a gap is, at most."""
GAPS = 0.3
"""Which part of the width all gaps have together, at most."""
NEAR = 0.02
"""Which part of all numbers a gap may be to be drawn as it is."""
LEAST = 4.0
"""How wide the narrowest part of the axis is, before all of them are made to fit."""
COLUMN = 2.0
"""How wide a column is in which the used numbers are counted."""
SEEN = 3.0
"""How high the lowest column is, so that one number in use can be seen."""
MOST_TICKS = 12


@dataclass(frozen=True)
class Zone:
    """A part of the axis without a gap."""

    numbers: Range
    x: float
    width: float

    def place(self, number: int) -> float:
        """Return where a number begins, or the end of the zone for the number after its last one."""
        _digits, first, last = self.numbers
        return self.x + self.width * (number - first) / (last - first + 1)


class Axis:
    """The numbers of all intervals from left to right; shorter numbers first."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        parts = _joined(union(ranges))
        gap = min(GAP, WIDTH * GAPS / len(parts)) if parts else 0.0
        room = WIDTH - gap * max(len(parts) - 1, 0)
        total = size(parts)
        widths = [max(LEAST, room * size([one]) / total) for one in parts]
        scale = room / sum(widths) if widths else 1.0
        self.zones: list[Zone] = []
        x = 0.0
        for numbers, width in zip(parts, widths, strict=True):
            self.zones.append(Zone(numbers, x, width * scale))
            x += width * scale + gap
        self._begins: list[Number] = [(zone.numbers[0], zone.numbers[1]) for zone in self.zones]

    def span(self, numbers: Range) -> tuple[float, float]:
        """Return where a range begins and how wide it is; it must be in one of the zones."""
        digits, first, last = numbers
        zone = self.zones[bisect_right(self._begins, (digits, first)) - 1]
        return zone.place(first), zone.place(last + 1) - zone.place(first)

    def near(self, number: Number) -> float:
        """Return where any number is, also one in a gap or beyond the ends."""
        after = bisect_right(self._begins, number)
        if not after:
            return 0.0
        zone = self.zones[after - 1]
        digits, _first, last = zone.numbers
        if digits == number[0] and number[1] <= last:
            return zone.place(number[1])
        following = self.zones[after].x if after < len(self.zones) else WIDTH
        return (zone.x + zone.width + following) / 2

    def ticks(self) -> Iterator[dict[str, Any]]:
        """Yield numbers that are far enough from each other to be read: where zones begin, and round ones in them."""
        room = WIDTH / MOST_TICKS
        taken: list[tuple[float, str]] = []
        # The wide zones first: most numbers are there.
        for zone in sorted(self.zones, key=lambda one: -one.width):
            digits, first, _last = zone.numbers
            for number in (first, *_round_numbers(zone.numbers, zone.width / room)):
                x = zone.place(number)
                if x <= WIDTH - room / 2 and all(abs(x - other) >= room for other, _text in taken):
                    taken.append((x, str(number).zfill(digits)))
        return ({"x": _round(x), "text": text} for x, text in sorted(taken))


def _round_numbers(numbers: Range, most: float) -> Iterable[int]:
    """Return some round numbers of a range, about as many as there is room for."""
    _digits, first, last = numbers
    step = 10 ** len(str(int((last - first + 1) / max(most, 1))))
    return range(first + -first % step, last + 1, step)


def _joined(ranges: list[Range]) -> list[Range]:
    """Return the ranges with the small gaps between them filled."""
    near = NEAR * size(ranges)
    parts: list[Range] = []
    for digits, first, last in ranges:
        if parts and parts[-1][0] == digits and first - parts[-1][2] <= near:
            parts[-1] = (digits, parts[-1][1], last)
        else:
            parts.append((digits, first, last))
    return parts


def picture(
    rows: Iterable[Mapping[str, Any]], overlaps: Iterable[Mapping[str, Any]], numbers: Mapping[str, list[str]] | None
) -> dict[str, Any]:
    """Return what to draw: ``ticks`` and ``zones`` (a path) of the axis, and ``rows``, one for each entity by its name.

    *rows* are entities with their intervals and how these are used, *overlaps* are intervals with their ``entities``,
    *numbers* are those in use, by entity; without them, an interval is drawn with the part of it that is in use.
    """
    entities = list(rows)
    axis = Axis(one for entity in entities for interval in entity["intervals"] for one in ranges_of(interval))
    common: dict[str, list[Mapping[str, Any]]] = {}
    for overlap in overlaps:
        for entity in overlap["entities"]:
            common.setdefault(entity, []).append(overlap)
    drawn = {}
    for entity in entities:
        label = entity["entity"]
        taken = sorted({one for one in map(as_number, numbers.get(label, ())) if one}) if numbers is not None else None
        drawn[label] = {
            "bars": [_bar(axis, interval, taken) for interval in entity["intervals"] if ranges_of(interval)],
            "overlaps": [
                {**_spans(axis, one)[0], "start": one["start"], "end": one["end"]} for one in common.get(label, ())
            ],
            "outside": list(_outside(axis, entity["intervals"], taken or [])),
        }
    zones = "".join(f"M{_round(zone.x)} 0h{_round(zone.width)}v{HEIGHT}h{-_round(zone.width)}z" for zone in axis.zones)
    return {"ticks": list(axis.ticks()), "zones": zones, "rows": drawn}


def _bar(axis: Axis, interval: Mapping[str, Any], taken: list[Number] | None) -> dict[str, Any]:
    """Return an interval: its place, how full it is in five levels, and a path that covers what is in use."""
    fill = interval["used"] / interval["size"] if interval["used"] is not None and interval["size"] else 0.0
    return {
        **{name: interval[name] for name in ("start", "end", "size", "used", "free")},
        "percent": round(100 * fill),
        "level": sum(fill >= bound for bound in (0.25, 0.5, 0.75, 0.9)),
        "spans": _spans(axis, interval),
        "path": "".join(_columns(axis, interval, taken, fill)),
    }


def _spans(axis: Axis, interval: Mapping[str, Any]) -> list[dict[str, float]]:
    places = (axis.span(one) for one in ranges_of(interval))
    return [{"x": _round(x), "width": max(_round(width), 0.5)} for x, width in places]


def _columns(axis: Axis, interval: Mapping[str, Any], taken: list[Number] | None, fill: float) -> Iterator[str]:
    """Yield a column for each piece of an interval, as high as the part of it that is in use."""
    for digits, first, last in ranges_of(interval):
        x, width = axis.span((digits, first, last))
        total = last - first + 1
        pieces = 1 if taken is None else max(1, min(total, int(width / COLUMN)))
        for piece in range(pieces):
            low, high = first + total * piece // pieces, first + total * (piece + 1) // pieces
            share = fill
            if taken is not None:
                inside = bisect_left(taken, (digits, high)) - bisect_left(taken, (digits, low))
                share = inside / (high - low)
            if share:
                left, wide = x + width * (low - first) / total, width * (high - low) / total
                tall = max(HEIGHT * share, SEEN)
                yield f"M{_round(left)} {HEIGHT}v{-_round(tall)}h{_round(wide)}V{HEIGHT}z"


def _outside(axis: Axis, intervals: Iterable[Mapping[str, Any]], taken: list[Number]) -> Iterator[dict[str, Any]]:
    own = union(one for interval in intervals for one in ranges_of(interval))
    for digits, number in taken:
        if not any(digits == one and first <= number <= last for one, first, last in own):
            yield {"x": _round(axis.near((digits, number))), "number": str(number).zfill(digits)}


def _round(value: float) -> float:
    return round(value, 2)
