# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Intervals of internal numbers: how they are written, shown and compared, and which numbers are in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from .references import References
from .spelling import brief, normal
from .values import DIGITS, Codec, Text

Interval = dict[str, str]
"""``{"start": "1000", "end": "1999"}``; a single number is both."""


_WRITTEN = re.compile(r"([0-9]{1,32})(?:\s*-\s*([0-9]{1,32}))?")


def _from_text(value: Any) -> Any:
    """Return an interval that is written as a text, such as ``1000-1099``, as a mapping; anything else as it is."""
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    found = _WRITTEN.fullmatch(str(value).strip()) if is_text else None
    return {"start": found.group(1), "end": found.group(2)} if found else value


class IntervalType(str):
    """The type ``dict`` of an interval, which may also be a text such as ``1000-1099``."""

    __slots__ = ()

    @staticmethod
    def spelled_out(value: Any) -> Any:
        """Return an interval as Ansible checks it; raise ValueError for what is none."""
        made = _from_text(value)
        if not isinstance(made, Mapping):
            raise ValueError(f"{brief(value)} is not an interval such as '200-299' or {{start: '200', end: '299'}}")
        return made


class Intervals(Codec):
    """Intervals of numbers, a set. A single number is written without end, shown with an empty one, normally both."""

    empty: ClassVar[Any] = ()
    spec: ClassVar[Mapping[str, Any]] = {
        "type": "list",
        "elements": IntervalType("dict"),
        "options": {"start": {"type": "str", "required": True}, "end": {"type": "str"}},
    }

    def parse(self, value: Any) -> list[Interval]:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{brief(value)} is not a list of intervals such as {{start: '200', end: '299'}}")
        return _in_order(parse_interval(one) for one in value)

    def load(self, raw: Any, references: References) -> list[Interval]:
        if not isinstance(raw, list):
            raise ValueError("expected a list of intervals")
        return _in_order(_load_interval(one) for one in raw)

    def dump(self, value: list[Interval], raw: Any, references: References) -> list[dict[str, Any]]:
        """Send back what XCI keeps with an interval beside its bounds, such as a routing mode.

        An interval of which one bound moved is still that interval.
        """
        before = {tuple(_load_interval(one).values()): one for one in raw or []}
        same = [before.pop(tuple(one.values()), None) for one in value]
        return [
            {**found, "end": found.get("end") or ""} if found else _moved(one, before)
            for one, found in zip(value, same)
        ]

    def may_be_kept(self, sent: list[Interval], shown: Any) -> bool:
        return not subtract(sent, shown or []) and not subtract(shown or [], sent)

    def warnings(self, value: list[Interval]) -> list[str]:
        uneven = [one for one in value if not refused_interval(one) and len(one["start"]) != len(one["end"])]
        spans = [(one, *bounds(one)) for one in value]
        return [f"{show_interval(one)} has bounds of different lengths" for one in uneven] + [
            f"{show_interval(one)} overlaps {show_interval(other)}"
            for place, (one, start, end) in enumerate(spans)
            for other, first, last in spans[place + 1 :]
            if max(first, start) <= min(last, end)
        ]

    def refused(self, value: list[Interval], current: Any = None) -> str:
        return next(filter(None, (refused_interval(one) for one in value if one not in (current or []))), "")


def subtract(intervals: list[Interval], others: list[Interval]) -> list[Interval]:
    """Return the intervals of the numbers that are in none of the others."""
    for other in others:
        intervals = [part for interval in intervals for part in _cut(interval, other)]
    return intervals


def _cut(interval: Interval, other: Interval) -> list[Interval]:
    """Return what is left of an interval without the numbers of another one; 0100 and 100 are two numbers."""
    (first, last), (start, end) = bounds(interval), bounds(other)
    digits, more = len(interval["start"]), len(other["start"])
    if digits != more:
        # What is as long as the longer of the two is written the same way in both.
        start = max(start, 10 ** (max(digits, more) - 1))
    if last < first or end < start or end < first or last < start:
        return [interval]
    below = {"start": interval["start"], "end": str(start - 1).zfill(digits)}
    above = {"start": str(end + 1).zfill(digits), "end": interval["end"]}
    return [below] * (first < start) + [above] * (end < last)


def _moved(interval: Interval, before: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return an interval with what XCI keeps beside it under its old bounds, which is taken out of *before*."""
    near = next((old for old in before if old[0] == interval["start"] or old[1] == interval["end"]), None)
    return {**(before.pop(near) if near else {}), **interval}


def show_interval(interval: Mapping[str, Any]) -> str:
    """Return an interval as a person says it, such as ``1000-1999``."""
    start, end = interval["start"], interval["end"]
    return f"{start}" if start == end else f"{start}-{end}"


def bounds(interval: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first and the last number of an interval, such as (1000, 1999); (1, 0) where XCI shows no digits."""
    try:
        return int(interval["start"]), int(interval["end"])
    except ValueError:
        return 1, 0


def parse_interval(value: Any) -> Interval:
    """Return an interval that a person wrote; raise ValueError for what is none."""
    value = _from_text(value)
    if not isinstance(value, Mapping) or not set(value) <= {"start", "end"} or value.get("start") in (None, ""):
        raise ValueError(f"{brief(value)} is not an interval such as '200-299' or {{start: '200', end: '299'}}")
    start = Text().parse(value["start"])
    return {"start": start, "end": Text().parse(value["end"]) if value.get("end") not in (None, "") else start}


def refused_interval(interval: Interval) -> str:
    """Return why an interval is not taken as a new one, or an empty text."""
    shown = f"the interval {interval['start']:.80}-{interval['end']:.80}"
    for bound in interval.values():
        if not DIGITS.fullmatch(bound):
            return f"{shown}: {brief(bound)} is not a number in digits"
    return f"{shown} ends before it starts" if int(interval["end"]) < int(interval["start"]) else ""


def _load_interval(raw: Any) -> Interval:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("start"), (str, int)):
        raise ValueError("expected an interval with a start")
    if not isinstance(raw.get("end"), (str, int, type(None))):
        raise ValueError("expected an interval with an end")
    start, end = normal(str(raw["start"])), normal(str(raw["end"])) if raw.get("end") is not None else ""
    return {"start": start, "end": end or start}


def _in_order(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals each once, as numbers sort."""
    each = {(len(one["start"]), one["start"], len(one["end"]), one["end"]): one for one in intervals}
    return [each[place] for place in sorted(each)]


def contains(interval: Mapping[str, str], number: str) -> bool:
    """Return whether a number lies in an interval, written with as many digits."""
    first, last = bounds(interval)
    fits = number.isdecimal() and len(interval["start"]) <= len(number) <= len(interval["end"])
    return fits and first <= int(number) <= last


def numbers_of(intervals: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield the numbers of some intervals, with their leading zeros."""
    for interval in intervals:
        first, last = bounds(interval)
        for number in range(first, last + 1):
            yield str(number).zfill(len(interval["start"]))
