# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of numbers: how many there are, which are used, and what intervals have in common."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Interval, numbers_of
from ansible_collections.xivo.xci.plugins.module_utils.model.ranges import (
    as_number,
    is_nearly_full,
    overlapping,
    ranges_of,
    shared,
    shown,
    size,
    union,
    usage,
)
from ansible_collections.xivo.xci.tests.support.examples import REPEATED


def interval(start: str, end: str = "") -> Interval:
    return {"start": start, "end": end or start}


def test_leading_zeros_make_other_numbers() -> None:
    assert ranges_of(interval("0100", "0199")) == [(4, 100, 199)]
    assert ranges_of(interval("100", "199")) == [(3, 100, 199)]
    assert not list(overlapping([("a", interval("0100", "0199")), ("b", interval("100", "199"))]))
    assert shown((4, 100, 199)) == interval("0100", "0199")


def test_bounds_of_different_lengths_are_two_ranges() -> None:
    assert ranges_of(interval("990", "1010")) == [(3, 990, 999), (4, 1000, 1010)]


@pytest.mark.parametrize("odd", [interval("*10", "*19"), interval("20", "10")])
def test_what_is_no_interval_in_digits_has_no_numbers(odd: Interval) -> None:
    assert ranges_of(odd) == []
    assert usage([odd], ["10"]) == ([{**odd, "size": 0, "used": 0, "free": 0}], {"size": 0, "used": 0, "free": 0})


@pytest.mark.parametrize(("text", "number"), [("0100", (4, 100)), ("*55", None), ("", None), ("٣", None)])
def test_a_number_has_a_length(text: str, number: tuple[int, int] | None) -> None:
    assert as_number(text) == number


def test_usage_counts_a_number_in_two_intervals_once_in_all() -> None:
    each, total = usage([interval("100", "109"), interval("105", "114")], ["100", "107", "107", "200", "0107", ""])
    assert [(one["size"], one["used"], one["free"]) for one in each] == [(10, 2, 8), (10, 1, 9)]
    assert total == {"size": 15, "used": 2, "free": 13}


@pytest.mark.parametrize(
    ("total", "used", "full"), [(10, 9, True), (10, 8, False), (9, 9, False), (100, 90, True), (100, 89, False)]
)
def test_nearly_full_is_nine_of_ten(total: int, used: int, full: bool) -> None:
    assert is_nearly_full({"size": total, "used": used}) is full


def test_overlaps_are_pairs_and_what_is_shared_has_all_its_owners() -> None:
    owned = [
        ("a", interval("10", "19")),
        ("b", interval("15", "24")),
        ("c", interval("18", "18")),
        ("a", interval("30")),
    ]
    pairs = [(one[0], two[0]) for one, two in overlapping(owned)]
    assert sorted(pairs) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [(shown(numbers), sorted(owners)) for numbers, owners in shared(owned)] == [
        (interval("15", "17"), ["a", "b"]),
        (interval("18", "18"), ["a", "b", "c"]),
        (interval("19", "19"), ["a", "b"]),
    ]


bound = st.integers(0, 60)
intervals = st.lists(
    st.builds(lambda first, more: interval(f"{first:02d}", f"{first + more:02d}"), bound, st.integers(0, 30)),
    max_size=6,
)


@REPEATED
@given(intervals)
def test_ranges_say_the_same_as_the_numbers_one_by_one(many: list[Interval]) -> None:
    every = {number for one in many for number in numbers_of([one])}
    assert size(union(part for one in many for part in ranges_of(one))) == len(every)
    meeting = [
        (one, two)
        for one, two in combinations(range(len(many)), 2)
        if {*numbers_of([many[one]])} & {*numbers_of([many[two]])}
    ]
    found = overlapping(list(enumerate(many)))
    assert sorted((one[0], two[0]) for one, two in found) == meeting
    several = {number for number in every if sum(number in {*numbers_of([one])} for one in many) > 1}
    common = {number for part, _owners in shared(list(enumerate(many))) for number in numbers_of([shown(part)])}
    assert common == several
