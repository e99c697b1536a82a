# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creations that others get in the way of: the object is there already, or the number that was free is taken."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, XciError
from ansible_collections.xivo.xci.plugins.module_utils.engine.creation import (
    carry_out,
    keep_apart,
    names_of,
    place_of,
)
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import propose
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import TEMPLATE, USER
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    TEMPLATES,
    WORLD,
    FakeClient,
    Turns,
    items,
    numbers,
    users,
)

POST, LIST, FREE = "POST /users", users(DEFAULT), numbers(DEFAULT)
ZOE, ANN = fakes.user(5, "200", ctiLogin="zoe"), fakes.user(6, "201", firstName="Ann")
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "last_name": ""}
TAKEN = ApiError("number is taken", 409)


def bo(identity: int, number: str) -> dict[str, Any]:
    return fakes.user(identity, number, firstName="Bo", lastName="")


def al(identity: int, number: str) -> dict[str, Any]:
    return fakes.user(identity, number, firstName="Al", lastName="")


def world(answers: dict[str, Any]) -> tuple[FakeClient, State]:
    client = FakeClient({**WORLD, **answers})
    return client, State(client)  # type: ignore[arg-type]


def proposed(state: State, desired: dict[str, Any], **options: Any) -> Operation:
    operation = propose(USER, {"match_on": "name", **options}, desired, state).operation
    assert operation is not None
    return operation


# -- refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_number_that_somebody_took_is_replaced_by_the_next(status: int) -> None:
    client, state = world(
        {
            LIST: Turns(items(ZOE, ANN), items(ZOE, ANN, al(29, "202"))),
            FREE: Turns(items("202", "203"), items("203")),
            POST: Turns(ApiError("no", status), bo(30, "203")),
        }
    )
    made = carry_out(proposed(state, BO), state)
    assert made is not None
    assert made.after["internal_number"] == "203"
    assert [body["internalNumber"] for body in client.bodies] == ["202", "203"]


def test_what_is_proposed_anew_is_not_taken_for_what_the_document_lists_beside_it() -> None:
    plus = fakes.template(30, "desk +")
    client, state = world({"POST /templates": Turns(TAKEN, plus), TEMPLATES: Turns(WORLD[TEMPLATES], WORLD[TEMPLATES])})
    listed = {("template", ("desk",)), ("template", ("desk +",))}
    operation = propose(TEMPLATE, {}, {"name": "desk +"}, state, listed=listed).operation
    assert operation is not None
    assert operation.again is not None
    anew = operation.again(State(client)).operation  # type: ignore[arg-type]
    assert (anew.action, anew.after["name"]) == ("create", "desk +")


def test_what_can_not_be_compared_with_others_is_said_to_be_created() -> None:
    """XCI fails when it is to show whether somebody else has the same number."""
    client, state = world(
        {LIST: Turns(items(ZOE, ANN), ApiError("broken", 500)), FREE: items("202"), POST: bo(30, "202")}
    )
    made = carry_out(proposed(state, BO), state)
    assert made is not None
    (final,) = keep_apart([made], state)
    assert isinstance(final, XciError)
    assert str(final) == (
        "create user 202@default@paris: it was created, but whether another user has its internal_number can't be "
        "seen: broken"
    )
    assert final.result()["changed"] is True
    assert client.writes == [POST]


def test_a_refusal_that_is_not_about_the_number_is_passed_on() -> None:
    client, state = world({POST: TAKEN})
    with pytest.raises(ApiError, match="number is taken"):
        carry_out(proposed(state, BO), state)
    assert client.writes == [POST]


def test_a_number_that_was_given_is_not_replaced() -> None:
    client, state = world({LIST: Turns(items(ZOE), items(ZOE, al(29, "250"))), POST: TAKEN})
    with pytest.raises(ApiError, match="number is taken"):
        carry_out(proposed(state, {**BO, "internal_number": "250"}), state)
    assert client.writes == [POST]


@pytest.mark.parametrize("given", [{}, {"internal_number": "250"}], ids=["chosen", "given"])
def test_what_somebody_else_created_as_wanted_is_no_failure(given: dict[str, str]) -> None:
    client, state = world({LIST: Turns(items(ZOE), items(ZOE, bo(29, "250"))), POST: TAKEN})
    assert carry_out(proposed(state, {**BO, **given}), state) is None
    assert client.writes == [POST]


def test_what_somebody_else_created_otherwise_is_a_failure() -> None:
    _client, state = world({LIST: Turns(items(ZOE), items(ZOE, al(29, "250"))), POST: TAKEN})
    with pytest.raises(ApiError, match="number is taken"):
        carry_out(proposed(state, {**BO, "internal_number": "250"}, match_on="internal_number"), state)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_other_refusals_are_not_looked_into(status: int) -> None:
    client, state = world({POST: ApiError("no", status)})
    operation = proposed(state, {**BO, "internal_number": "250"})
    client.forget()
    with pytest.raises(ApiError):
        carry_out(operation, state)
    assert client.calls[:1] == [POST]
    assert client.writes == [POST]


def test_a_creation_that_is_doubted_is_looked_for_first() -> None:
    client, state = world({LIST: Turns(items(ZOE), items(ZOE, bo(29, "250")))})
    operation = proposed(state, {**BO, "internal_number": "250"})
    state.forget("user")
    assert carry_out(operation, state, doubted=True) is None
    assert client.writes == []


# -- two with one number ------------------------------------------------------------------------------------


def made(state: State, desired: dict[str, Any] | None = None) -> Operation:
    done = carry_out(proposed(state, desired or BO), state)
    assert done is not None
    return done


def test_of_two_with_one_number_the_later_one_takes_the_next() -> None:
    both = items(ZOE, ANN, al(29, "202"), bo(30, "202"))
    client, state = world(
        {
            LIST: Turns(items(ZOE, ANN), both, items(ZOE, ANN, al(29, "202"), bo(30, "203"))),
            FREE: Turns(items("202", "203"), items("203")),
            POST: bo(30, "202"),
            "PUT /users/30": bo(30, "203"),
        }
    )
    (final,) = keep_apart([made(state)], state)
    assert isinstance(final, Operation)
    assert (final.action, final.after["internal_number"]) == ("create", "203")
    assert client.writes == [POST, "PUT /users/30"]
    assert client.bodies[1]["internalNumber"] == "203"
    assert client.bodies[1]["templateId"] == 3


def test_of_two_with_one_number_the_earlier_one_keeps_it() -> None:
    client, state = world(
        {LIST: Turns(items(ZOE), items(ZOE, bo(30, "201"), al(31, "201"))), FREE: items("201"), POST: bo(30, "201")}
    )
    created = made(state)
    assert keep_apart([created], state) == [created]
    assert client.writes == [POST]


def test_the_next_number_may_be_taken_as_well(clock: Clock) -> None:
    lists = [
        items(ZOE),
        items(ZOE, al(29, "201"), bo(30, "201")),
        *[items(ZOE, al(29, "201"), al(31, "202"), bo(30, "201"))] * 2,
        items(ZOE, al(29, "201"), al(31, "202"), bo(30, "203")),
    ]
    client, state = world(
        {
            LIST: Turns(*lists),
            FREE: Turns(items("201", "202", "203"), items("202", "203"), items("203")),
            POST: bo(30, "201"),
            "PUT /users/30": Turns(TAKEN, bo(30, "203")),
        }
    )
    (final,) = keep_apart([made(state)], state)
    assert isinstance(final, Operation)
    assert final.after["internal_number"] == "203"
    assert client.writes == [POST, "PUT /users/30", "PUT /users/30"]


@pytest.mark.parametrize("free", [[], ["202"]], ids=["none-left", "refused-for-another-reason"])
def test_who_can_have_no_number_of_his_own_is_an_error(clock: Clock, free: list[str]) -> None:
    both = items(ZOE, al(29, "201"), bo(30, "201"))
    _client, state = world(
        {
            LIST: Turns(items(ZOE), *[both] * 60),
            FREE: Turns(items("201"), *[items(*free)] * 60),
            POST: bo(30, "201"),
            "PUT /users/30": TAKEN,
        }
    )
    (final,) = keep_apart([made(state)], state)
    assert isinstance(final, XciError)
    assert str(final).startswith("create user 201@default@paris: it was created, and an earlier user has the same: ")


def test_who_took_the_next_one_is_the_later_one_there(clock: Clock) -> None:
    """Who created it has looked already, and does not do so again."""
    lists = [
        items(ZOE),
        items(ZOE, al(29, "201"), bo(30, "201")),
        items(ZOE, al(29, "201"), bo(30, "202"), al(31, "202")),
        items(ZOE, al(29, "201"), bo(30, "202"), al(31, "202")),
        items(ZOE, al(29, "201"), bo(30, "203"), al(31, "202")),
    ]
    _client, state = world(
        {
            LIST: Turns(*lists),
            FREE: Turns(items("201", "202", "203"), items("202", "203"), items("203")),
            POST: bo(30, "201"),
            "PUT /users/30": Turns(bo(30, "202"), bo(30, "203")),
        }
    )
    (final,) = keep_apart([made(state)], state)
    assert isinstance(final, Operation)
    assert final.after["internal_number"] == "203"
    assert len(clock.sleeps) == 1


def test_many_in_one_entity_cost_one_look() -> None:
    client, state = world(
        {
            LIST: Turns(items(ZOE), items(ZOE, bo(30, "201"), al(31, "202"))),
            FREE: items("201", "202"),
            POST: Turns(bo(30, "201"), al(31, "202")),
        }
    )
    both = [made(state), made(state, {**BO, "first_name": "Al"})]
    client.forget()
    assert keep_apart(both, state) == both
    assert client.calls == [LIST]


def test_by_what_an_object_can_be_found() -> None:
    _client, state = world({LIST: items(ZOE)})
    operation = proposed(state, {**BO, "internal_number": "250"})
    assert place_of(operation) == "user default@paris"
    assert names_of(operation) == [
        "user default@paris internal_number ['250']",
        "user default@paris name ['Bo', '']",
    ]
