# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Internal numbers: which are free, and how full the intervals are."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, UnexpectedResponse
from ansible_collections.xivo.xci.plugins.module_utils.state.index import Item
from ansible_collections.xivo.xci.plugins.module_utils.state.numbers import _usage
from ansible_collections.xivo.xci.plugins.module_utils.state.reservations import Reservations
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SALES,
    WORLD,
    FakeClient,
    Turns,
    items,
    numbers,
    user,
    users,
)


def world(answers: dict[str, Any] | None = None) -> State:
    return State(FakeClient({**WORLD, **(answers or {})}))  # type: ignore[arg-type]


def calls(state: State) -> list[str]:
    assert isinstance(state.client, FakeClient)
    return state.client.calls


def test_the_first_number_that_no_user_has() -> None:
    state = world()
    assert state.numbers.first_available("default@paris", {}) == "202"
    assert state.numbers.first_available("default@paris", {}) == "202"
    assert calls(state) == [ENTITIES, users(DEFAULT), numbers(DEFAULT)]


def test_no_number_left() -> None:
    state = world({numbers(DEFAULT): items("200", "201")})
    with pytest.raises(InputError) as caught:
        state.numbers.first_available("default@paris", {})
    assert str(caught.value) == (
        "entity default@paris has no available number left; give internal_number, or widen its intervals"
    )


def test_a_list_that_shows_a_few_at_a_time_is_read_each_time_that_it_is_used_up() -> None:
    shown = [items("202"), items("203"), items("204"), items()]
    people = [user(5, "200"), user(6, "202"), user(7, "203"), user(8, "204")]
    lists = [items(*people[: 1 + place]) for place in range(4)]
    state = world({numbers(DEFAULT): Turns(*shown), users(DEFAULT): Turns(*lists)})
    found = [state.numbers.first_available("default@paris", {"last_name": name}) for name in "ABC"]
    assert found == ["202", "203", "204"]
    for _again in range(2):
        with pytest.raises(InputError, match="no available number left; give internal_number"):
            state.numbers.first_available("default@paris", {"last_name": "D"})


@pytest.mark.parametrize(
    ("shown", "available"),
    [(["0300", "0301"], ["0300", "0301"]), ([300], ["300"]), ([], [])],
    ids=["strings", "numbers", "none"],
)
def test_available_numbers(shown: list[Any], available: list[str]) -> None:
    state = world({numbers(DEFAULT): items(*shown)})
    assert list(state.numbers.available(state.resolve("entity", "default@paris"))) == available


@pytest.mark.parametrize("answer", [{"items": None}, {"items": [None]}, {"items": ["200"], "total": 2}, "200"], ids=str)
def test_available_numbers_of_another_form(answer: Any) -> None:
    state = world({numbers(DEFAULT): answer})
    message = r"^(invalid list of available numbers from XCI: |XCI shows a part of its list)"
    with pytest.raises(UnexpectedResponse, match=message):
        state.numbers.first_available("default@paris", {})


# -- how full the intervals are -----------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [{"start": "1XX", "end": "1XX"}, {"start": "9" * 5000, "end": "9" * 5000}])
def test_an_interval_without_digits_holds_no_number(interval: dict[str, str]) -> None:
    assert _usage(interval, {"1", "²", "1XX"}) == {**interval, "size": 0, "used": 0, "free": 0}


def test_a_number_that_only_looks_like_digits_is_in_no_interval() -> None:
    assert _usage({"start": "1", "end": "9"}, {"²", "5"}) == {
        "start": "1", "end": "9", "size": 9, "used": 1, "free": 8,
    }  # fmt: skip


def entities(state: State) -> list[Item]:
    return list(state.listing("entity").items.values())


def test_free_numbers_of_several_entities() -> None:
    state = world({numbers(SALES): items("300"), numbers(LYON_DEFAULT): items()})
    assert state.numbers.free(entities(state)) == [["200", "201", "202"], ["300"], []]
    assert state.numbers.free(entities(state)) == [["200", "201", "202"], ["300"], []]
    assert len([call for call in calls(state) if "available_numbers" in call]) == 3


def test_how_full_the_intervals_of_several_entities_are() -> None:
    state = world()
    paris, sales, lyon = state.numbers.usages(entities(state))
    assert paris == [{"start": "200", "end": "299", "size": 100, "used": 2, "free": 98}]
    assert sales == lyon == [{"start": "200", "end": "299", "size": 100, "used": 1, "free": 99}]


def test_numbers_in_use() -> None:
    state = world()
    assert state.numbers.in_use(state.resolve("entity", "default@paris")) == {"200", "201"}


def test_what_is_computed_for_an_entity() -> None:
    state = world({numbers(SALES): items("300")})
    sales = [state.resolve("entity", "sales")]
    computed = {name: compute(sales) for name, compute in state.numbers.computed().items()}
    assert computed == {"available_numbers": [["300"]], "usage": state.numbers.usages(sales)}


@pytest.mark.parametrize("which", [17, None])
def test_free_numbers_can_be_forgotten(which: int | None) -> None:
    state = world({numbers(DEFAULT): Turns(items("202"), items("203")), numbers(SALES): Turns(items("300"), items())})
    scopes = entities(state)[:2]
    assert state.numbers.free(scopes) == [["202"], ["300"]]
    state.numbers.forget(which)
    assert state.numbers.free(scopes) == [["203"], ["300"] if which else []]
    state.numbers.forget(99)


def test_a_block_of_numbers_has_no_gap_and_stays_the_same_for_who_asks_again() -> None:
    reservations = Reservations()
    free = ["0098", "0099", "0101", "0102", "0103", "200", "201", "202"]
    assert reservations.take("e", "ann", free, 3, consecutive=True) == ["200", "201", "202"]
    assert reservations.take("e", "ann", free, 3, consecutive=True) == ["200", "201", "202"]
    assert reservations.take("e", "bob", free, 3, consecutive=True) == ["0101", "0102", "0103"]
    # Fewer than were asked for: the longest block that is left, and nobody has taken it.
    assert reservations.take("e", "eve", free, 3, consecutive=True) == ["0098", "0099"]
    assert reservations.take("e", "zoe", free, 2, consecutive=True) == ["0098", "0099"]
