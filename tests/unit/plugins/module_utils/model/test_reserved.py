# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reserved ranges of numbers: how they are written, and when they hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.model.reserved import parse_numbering

WHOLE = {"entity": "accueil@nord", "start": "1150", "end": "1199", "reason": "fire alarm", "until": "2027-01-31"}


@pytest.mark.parametrize("nothing", [None, "", {}, {"reserved": []}, {"reserved": None}])
def test_nothing_is_reserved(nothing: Any) -> None:
    assert parse_numbering(nothing) == []


def test_a_range_holds_until_the_end_of_its_last_day() -> None:
    (one,) = parse_numbering({"reserved": [WHOLE]})
    assert str(one) == "1150-1199 reserved (fire alarm) until 2027-01-31"
    for number, day, holds in (
        ("1150", date(2027, 1, 31), True),
        ("1199", date(2026, 1, 1), True),
        ("1150", date(2027, 2, 1), False),
        ("1149", date(2026, 1, 1), False),
        ("01150", date(2026, 1, 1), False),
    ):
        assert one.holds(number, day) is holds


def test_a_single_number_without_reason_and_end() -> None:
    (one,) = parse_numbering({"reserved": [{"entity": "a", "start": 1150, "until": date(2027, 1, 31)}]})
    assert (str(one), one.holds("1150", date(2027, 1, 31))) == ("1150 reserved until 2027-01-31", True)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ([], "numbering: expected a mapping with reserved, got a list of 0"),
        ({"reservd": []}, "numbering: unsupported key reservd; use reserved"),
        ({"reserved": "a"}, "numbering: reserved is not a list"),
        ({"reserved": ["a"]}, r"numbering.reserved\[0\]: expected a mapping"),
        ({"reserved": [{**WHOLE, "untill": 1}]}, r"reserved\[0\].untill: unsupported option; did you mean until"),
        ({"reserved": [{"start": "1"}]}, r"reserved\[0\].entity: missing required option"),
        ({"reserved": [{"entity": "a"}]}, r"reserved\[0\].start: missing required option"),
        ({"reserved": [{**WHOLE, "until": "31/01/2027"}]}, "'31/01/2027' is not a date such as 2027-01-31"),
        ({"reserved": [{**WHOLE, "end": "1"}]}, "ends before it starts"),
    ],
)
def test_what_is_no_range_is_refused_with_its_place(given: Any, error: str) -> None:
    with pytest.raises(InputError, match=error):
        parse_numbering(given)
