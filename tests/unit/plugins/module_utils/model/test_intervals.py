# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Intervals: written in several ways, compared as a set, and which numbers are in them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import (
    Intervals,
    bounds,
    contains,
    numbers_of,
    show_interval,
    subtract,
)


class Names:
    """Labels are the keys in capitals."""

    def label(self, kind: str, element: Any, _field: str) -> str:
        return f"{kind}:{element}".upper()

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        raise AssertionError((kind, key, seen))

    def key(self, kind: str, label: str, field: str) -> Any:
        return f"{kind}:{label}:{field}".lower()


NAMES = Names()


def span(start: str, end: str | None = None) -> dict[str, str]:
    return {"start": start, "end": start if end is None else end}


@pytest.mark.parametrize(
    "single",
    [{"start": "200"}, {"start": "200", "end": ""}, {"start": "200", "end": "200"}, {"start": 200, "end": None}],
)
def test_a_single_number_has_four_spellings(single: dict[str, Any]) -> None:
    assert Intervals().parse([single]) == [span("200")]
    assert Intervals().load([single], NAMES) == [span("200")]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        pytest.param([], [], id="none"),
        pytest.param(({"start": "1", "end": "2"},), [span("1", "2")], id="tuple"),
        pytest.param(
            [span("0200", "0299"), span("200", "299")], [span("200", "299"), span("0200", "0299")], id="zeros"
        ),
        pytest.param([{"start": 200, "end": 299}], [span("200", "299")], id="numbers"),
        pytest.param(
            [span("1000", "1999"), span("200", "299")], [span("200", "299"), span("1000", "1999")], id="order"
        ),
        pytest.param(
            [span("5", "9"), span("5"), span("5", "10")], [span("5"), span("5", "9"), span("5", "10")], id="ends"
        ),
        pytest.param([span("5"), {"start": "5", "end": ""}, span("5")], [span("5")], id="duplicates"),
        pytest.param([span("9", "10")], [span("9", "10")], id="more-digits-at-the-end"),
        pytest.param([span("0" * 32)], [span("0" * 32)], id="as-long-as-can-be"),
    ],
)
def test_intervals_are_a_set_in_order(written: Any, normal: Any) -> None:
    assert Intervals().parse(written) == normal
    assert Intervals().load(list(written), NAMES) == normal


@pytest.mark.parametrize("written", ["0100-0199", " 0100 - 0199 ", {"start": "0100", "end": "0199"}], ids=str)
def test_an_interval_may_be_a_text(written: Any) -> None:
    assert Intervals().parse([written]) == [span("0100", "0199")]
    assert Intervals().parse(["7", 8]) == [span("7"), span("8")]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("200-299", "'200-299' is not a list of intervals such as {start: '200', end: '299'}", id="text"),
        pytest.param(
            {"start": "1"},
            "{'start': '1'} is not a list of intervals such as {start: '200', end: '299'}",
            id="one-alone",
        ),
        pytest.param([[]], "[] is not an interval such as '200-299' or {start: '200', end: '299'}", id="list-of-lists"),
        pytest.param(
            ["2-x"], "'2-x' is not an interval such as '200-299' or {start: '200', end: '299'}", id="list-of-text"
        ),
        pytest.param(
            [True], "True is not an interval such as '200-299' or {start: '200', end: '299'}", id="list-of-bool"
        ),
        pytest.param(["299-200"], "the interval 299-200 ends before it starts", id="text-backwards"),
        pytest.param(
            [{"end": "1"}],
            "{'end': '1'} is not an interval such as '200-299' or {start: '200', end: '299'}",
            id="no-start",
        ),
        pytest.param(
            [{"start": ""}],
            "{'start': ''} is not an interval such as '200-299' or {start: '200', end: '299'}",
            id="empty-start",
        ),
        pytest.param(
            [{"start": "1", "to": "2"}],
            "{'start': '1', 'to': '2'} is not an interval such as '200-299' or {start: '200', end: '299'}",
            id="strange-key",
        ),
        pytest.param([{"start": "x"}], "the interval x-x: 'x' is not a number in digits", id="word"),
        pytest.param(
            [{"start": "1", "end": "2x"}], "the interval 1-2x: '2x' is not a number in digits", id="word-at-end"
        ),
        pytest.param([{"start": "²"}], "the interval ²-²: '²' is not a number in digits", id="superscript"),
        pytest.param([{"start": "-1"}], "the interval -1--1: '-1' is not a number in digits", id="negative"),
        pytest.param(
            [{"start": "1" * 33}],
            f"the interval {'1' * 33}-{'1' * 33}: '{'1' * 33}' is not a number in digits",
            id="too-long",
        ),
        pytest.param([{"start": "300", "end": "299"}], "the interval 300-299 ends before it starts", id="backwards"),
        pytest.param(
            [{"start": True}],
            "True is not text; put it in quotes (YAML reads Yes, No, On and Off as booleans)",
            id="bool",
        ),
        pytest.param([{"start": "1", "end": 2.5}], "2.5 is not text; put it in quotes", id="float"),
    ],
)
def test_intervals_that_can_not_be(written: Any, message: str) -> None:
    try:
        why = Intervals().refused(Intervals().parse(written))
    except ValueError as error:
        why = str(error)
    assert why == message


def test_intervals_that_xci_has_are_no_new_ones() -> None:
    odd = [{"start": "*10", "end": "*19"}, {"start": "9", "end": "1"}]
    assert Intervals().parse(odd) == [odd[1], odd[0]]
    assert Intervals().refused(odd, odd) == ""
    assert Intervals().refused(odd, odd[1:]) == "the interval *10-*19: '*10' is not a number in digits"
    assert Intervals().warnings(odd) == []


@pytest.mark.parametrize(
    ("value", "shown", "sent"),
    [
        pytest.param([span("1", "2"), span("5")], None, [span("1", "2"), span("5")], id="creation"),
        pytest.param([span("5")], [{"start": "5", "end": ""}], [{"start": "5", "end": ""}], id="single-as-it-was"),
        pytest.param([span("5")], [{"start": "5"}], [{"start": "5", "end": ""}], id="single-without-end"),
        pytest.param([span("5")], [{"start": "5", "end": None}], [{"start": "5", "end": ""}], id="single-with-null"),
        pytest.param([span("5")], [span("5")], [span("5")], id="single-with-both"),
        pytest.param(
            [span("1", "2")], [{**span("1", "2"), "mode": "x"}], [{**span("1", "2"), "mode": "x"}], id="unchanged"
        ),
        pytest.param(
            [span("1", "3")], [{**span("1", "2"), "mode": "x"}], [{**span("1", "3"), "mode": "x"}], id="end-moved"
        ),
        pytest.param(
            [span("0", "2")], [{**span("1", "2"), "mode": "x"}], [{**span("0", "2"), "mode": "x"}], id="start-moved"
        ),
        pytest.param([span("0", "3")], [{**span("1", "2"), "mode": "x"}], [span("0", "3")], id="both-moved-is-another"),
        pytest.param(
            [span("1", "2"), span("7", "8")],
            [{**span("1", "2"), "mode": "x"}],
            [{**span("1", "2"), "mode": "x"}, span("7", "8")],
            id="a-new-one-takes-nothing",
        ),
        pytest.param(
            [span("1", "2"), span("1", "3")],
            [{**span("1", "3"), "mode": "x"}],
            [span("1", "2"), {**span("1", "3"), "mode": "x"}],
            id="what-stayed-comes-before-what-moved",
        ),
        pytest.param(
            [span("1", "3"), span("1", "4")],
            [{**span("1", "2"), "mode": "x"}],
            [{**span("1", "3"), "mode": "x"}, span("1", "4")],
            id="nothing-is-taken-twice",
        ),
        pytest.param([], [{**span("1", "2"), "mode": "x"}], [], id="cleared"),
        pytest.param(
            [span("007")], [{"start": "7", "mode": "x"}], [span("007")], id="leading-zeros-are-another-number"
        ),
    ],
)
def test_intervals_keep_what_xci_keeps_beside_their_bounds(value: Any, shown: Any, sent: Any) -> None:
    assert Intervals().dump(value, shown, NAMES) == sent


def test_what_xci_shows_is_not_changed_by_dumping() -> None:
    shown = [{**span("1", "2"), "mode": "x"}, {"start": "5", "end": ""}]
    Intervals().dump([span("1", "3"), span("5")], shown, NAMES)
    assert shown == [{**span("1", "2"), "mode": "x"}, {"start": "5", "end": ""}]


@pytest.mark.parametrize(
    ("value", "warnings"),
    [
        pytest.param([span("200", "299"), span("300", "399")], [], id="neighbours"),
        pytest.param([span("300", "399"), span("200", "299")], [], id="neighbours-the-other-way-round"),
        pytest.param([span("9", "10")], ["9-10 has bounds of different lengths"], id="lengths"),
        pytest.param([span("200", "299"), span("299", "300")], ["200-299 overlaps 299-300"], id="one-number-in-both"),
        pytest.param([span("200", "299"), span("250")], ["200-299 overlaps 250"], id="one-inside-another"),
        pytest.param([span("250"), span("200", "299")], ["250 overlaps 200-299"], id="in-any-order"),
        pytest.param(
            [span("1", "9"), span("2", "5"), span("3")],
            ["1-9 overlaps 2-5", "1-9 overlaps 3", "2-5 overlaps 3"],
            id="each-pair-once",
        ),
    ],
)
def test_odd_intervals(value: Any, warnings: list[str]) -> None:
    assert Intervals().warnings(value) == warnings


def test_intervals_as_a_person_says_them() -> None:
    assert show_interval(span("200", "299")) == "200-299"
    assert show_interval(span("200")) == "200"


@pytest.mark.parametrize("end", [[], {}, 1.5])
def test_an_interval_has_an_end_of_text(end: Any) -> None:
    with pytest.raises(ValueError, match="expected an interval with an end"):
        Intervals().load([{"start": "1", "end": end}], None)  # type: ignore[arg-type]


@pytest.mark.parametrize("interval", [{"start": "1XX", "end": "1XX"}, {"start": "9" * 5000, "end": "9" * 5000}])
def test_an_interval_without_digits_has_no_bounds(interval: dict[str, str]) -> None:
    assert bounds(interval) == (1, 0)
    assert not contains(interval, "1")
    assert list(numbers_of([interval])) == []


@pytest.mark.parametrize(
    ("number", "inside"),
    [
        ("098", True),
        ("100", True),
        ("101", True),
        ("097", False),
        ("102", False),
        ("98", False),
        ("0098", False),
        ("", False),
        ("²00", False),
        ("1a0", False),
    ],
)
def test_a_number_lies_in_an_interval_with_as_many_digits(number: str, inside: bool) -> None:
    assert contains(span("098", "101"), number) is inside


def test_an_interval_may_hold_numbers_of_several_lengths() -> None:
    assert [number for number in ("9", "99", "100", "0100") if contains(span("9", "100"), number)] == ["9", "99", "100"]


def test_numbers_of_intervals() -> None:
    intervals = [{"start": "098", "end": "101"}, {"start": "7", "end": "7"}]
    assert list(numbers_of(intervals)) == ["098", "099", "100", "101", "7"]
    assert list(numbers_of([])) == []


@pytest.mark.parametrize(
    ("some", "others", "left"),
    [
        pytest.param(["100-199"], [], ["100-199"], id="nothing"),
        pytest.param(["100-199"], ["200-299", "000-099"], ["100-199"], id="beside-it"),
        pytest.param(["100-199"], ["100-199"], [], id="all"),
        pytest.param(["100-199"], ["050-250"], [], id="more-than-all"),
        pytest.param(["100-199"], ["150-199"], ["100-149"], id="the-end"),
        pytest.param(["100-199"], ["100-149"], ["150-199"], id="the-beginning"),
        pytest.param(["100-199"], ["110-119", "130-130"], ["100-109", "120-129", "131-199"], id="parts"),
        pytest.param(["000-099"], ["010-019"], ["000-009", "020-099"], id="leading-zeros-stay"),
        pytest.param(["0100-0199"], ["100-199"], ["0100-0199"], id="the-same-but-for-zeros"),
        pytest.param(["50-120"], ["100-110"], ["50-99", "111-120"], id="bounds-of-two-lengths"),
        pytest.param(["100-110"], ["50-120"], [], id="within-bounds-of-two-lengths"),
        pytest.param(["*10-*19"], ["000-999"], ["*10-*19"], id="no-digits"),
        pytest.param(["000-999"], ["*10-*19"], ["000-999"], id="without-no-digits"),
    ],
)
def test_what_is_left_of_intervals(some: list[str], others: list[str], left: list[str]) -> None:
    spans = [[span(*one.split("-")) for one in each] for each in (some, others, left)]
    assert subtract(spans[0], spans[1]) == spans[2]
