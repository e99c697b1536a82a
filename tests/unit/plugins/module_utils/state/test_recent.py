# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that show late what this run wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model.change import compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.state.recent import FEW, Recent, Written
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    LYON,
    PARIS,
    SALES,
    WORLD,
    XIVOS,
    FakeClient,
    Turns,
    items,
    numbers,
    users,
)

ZOE = {"entity": "default@paris", "internal_number": "200"}
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "last_name": "D'Arc", "internal_number": "202"}
RAW_ZOE, RAW_BO = fakes.user(5, "200", ctiLogin="zoe"), fakes.user(30, "202", firstName="Bo")
LIST = users(DEFAULT)


class Elsewhere(Recent):
    """What another process wrote, of which this one has no objects."""

    def add(self, write: Written) -> None:
        super().add(replace(write, item=None))


def after(
    which: Values, desired: Values, answers: dict[str, Any], recent: Recent | None = None, **more: Any
) -> tuple[FakeClient, State]:
    """Do a write, and forget what was read; the lists are late."""
    client = FakeClient({**WORLD, **answers})
    state = State(client, recent=recent)  # type: ignore[arg-type]
    found = state.find(USER, which)
    operation = compare(USER, desired, found.values if found else None, **more)
    assert operation is not None
    operation.raw = found.raw if found else {}
    write(operation, state)
    state = State(client, recent=state.recent)  # type: ignore[arg-type]
    state.listing("entity")
    client.forget()
    return client, state


CREATED: dict[str, Any] = {"POST /users": RAW_BO}
RENAMED: dict[str, Any] = {"PUT /users/5": None}
RENAME = {"last_name": "Dupont", "template": "desk"}


def test_what_was_created_is_in_its_list() -> None:
    """Somebody else may have deleted it since; so it is read alone."""
    client, state = after(BO, BO, {**CREATED, "GET /users/30": RAW_BO})
    found = state.find(USER, BO)
    assert found is not None
    assert (found.id, client.calls) == (30, [LIST, "GET /users/30"])


def test_a_list_that_lacks_many_is_read_again(clock: Clock) -> None:
    people = [fakes.user(30 + n, str(230 + n)) for n in range(FEW + 1)]
    lists = Turns(WORLD[LIST], WORLD[LIST], items(*people[:1]), items(RAW_ZOE, *people))
    client = FakeClient({**WORLD, "POST /users": Turns(*people), LIST: lists})
    for n in range(FEW):
        client.answers[f"GET /users/{31 + n}"] = people[1 + n]
    state = State(client)  # type: ignore[arg-type]
    state.find(USER, BO)
    for one in people:
        creation = compare(USER, {**BO, "first_name": "Zoé", "internal_number": one["internalNumber"]}, None)
        assert creation is not None
        write(creation, state)
    state.forget("user")
    client.forget()
    assert len(state.listing("user", state.resolve("entity", "default@paris")).items) == FEW + 1
    assert client.calls == [LIST, LIST, *(f"GET /users/{31 + n}" for n in range(FEW))]


def test_what_was_created_long_ago_does_not_count(clock: Clock) -> None:
    client, state = after(BO, BO, CREATED)
    clock.now += 5.1
    assert state.find(USER, BO) is None
    assert client.calls == [LIST]


def test_a_creation_without_an_id_lets_its_list_be_read_until_it_is_there(clock: Clock) -> None:
    lists = Turns(WORLD[LIST], WORLD[LIST], WORLD[LIST], items(RAW_ZOE, RAW_BO))
    client, state = after(BO, BO, {"POST /users": None, LIST: lists})
    assert state.find(USER, BO) is not None
    assert client.calls == [LIST] * 3
    assert clock.sleeps == [0.25] * 2


def test_a_creation_that_never_shows_is_not_waited_for_for_ever(clock: Clock) -> None:
    _client, state = after(BO, BO, {"POST /users": None})
    assert state.find(USER, BO) is None
    assert 4 < sum(clock.sleeps) <= 5.25


def test_what_was_changed_is_as_it_is_now() -> None:
    client, state = after(ZOE, RENAME, RENAMED)
    found = state.find(USER, ZOE)
    assert found is not None
    assert (found.values["last_name"], client.calls) == ("Dupont", [LIST])


def test_what_another_process_changed_is_read_alone() -> None:
    shown = {**RAW_ZOE, "lastName": "Dupont"}
    client, state = after(ZOE, RENAME, {**RENAMED, "GET /users/5": shown}, Elsewhere())
    found = state.find(USER, ZOE)
    assert found is not None
    assert (found.values["last_name"], client.calls) == ("Dupont", [LIST, "GET /users/5"])


def test_a_list_that_shows_a_change_is_believed() -> None:
    """Somebody else may have changed it since."""
    lists = Turns(WORLD[LIST], items({**RAW_ZOE, "lastName": "Durand"}))
    _client, state = after(ZOE, RENAME, {**RENAMED, LIST: lists})
    found = state.find(USER, ZOE)
    assert found is not None
    assert found.values["last_name"] == "Durand"


def test_where_xci_keeps_what_it_had_its_list_is_not_late() -> None:
    _client, state = after(ZOE, RENAME, {"PUT /users/5": RAW_ZOE})
    found = state.find(USER, ZOE)
    assert found is not None
    assert found.values["last_name"] == "D'Arc"


def test_what_was_deleted_is_in_no_list() -> None:
    client, state = after(ZOE, {}, {"DELETE /users/5": None}, absent=True)
    assert state.find(USER, ZOE) is None
    assert client.calls == [LIST]


@pytest.mark.parametrize("recent", [Recent(), Elsewhere()], ids=["here", "elsewhere"])
def test_who_moved_is_in_his_new_list_alone(recent: Recent) -> None:
    moved = fakes.user(5, "200", SALES, ctiLogin="zoe")
    lists = {users(SALES): items(), "GET /users/5": moved}
    _client, state = after(ZOE, {"entity": "sales@paris", "template": "desk"}, {"PUT /users/5": moved, **lists}, recent)
    assert state.find(USER, ZOE) is None
    assert state.find(USER, {**ZOE, "entity": "sales@paris"}) is not None


def test_who_is_deleted_after_a_creation_without_an_id_is_not_waited_for(clock: Clock) -> None:
    client = FakeClient({**WORLD, "POST /users": None, "DELETE /users/30": None})
    shown = Turns(WORLD[LIST], items(RAW_ZOE, RAW_BO), WORLD[LIST])
    client.answers[LIST] = shown
    state = State(client)  # type: ignore[arg-type]
    state.find(USER, BO)
    creation = compare(USER, BO, None)
    assert creation is not None
    write(creation, state)
    found = state.find(USER, BO)
    assert found is not None
    removal = compare(USER, {}, found.values, absent=True)
    assert removal is not None
    write(removal, state)
    state.forget("user")
    assert state.find(USER, BO) is None
    assert clock.sleeps == []


def test_a_list_of_all_is_completed_too(clock: Clock) -> None:
    nice = fakes.xivo(3, "nice")
    client = FakeClient(
        {**WORLD, "POST /xivo": None, XIVOS: Turns(items(PARIS, LYON), items(PARIS), items(PARIS, nice))}
    )
    state = State(client)  # type: ignore[arg-type]
    state.listing("xivo")
    creation = compare(XIVO, {"name": "nice", "host": "192.0.2.3"}, None)
    assert creation is not None
    write(creation, state)
    assert state.resolve("xivo", "nice").id == 3


def test_a_number_that_was_just_given_is_not_available() -> None:
    _client, state = after(BO, BO, {**CREATED, numbers(DEFAULT): items("202", "203")})
    scope = state.resolve("entity", "default@paris")
    assert list(state.numbers.available(scope)) == ["203"]


def test_an_object_that_can_not_be_read_alone_lets_its_list_be_read_again(clock: Clock) -> None:
    lists = Turns(WORLD[LIST], WORLD[LIST], items(RAW_ZOE, RAW_BO))
    answers = {**CREATED, LIST: lists, "GET /users/30": ApiError("not yet", 404)}
    client, state = after(BO, BO, answers, Elsewhere())
    assert state.find(USER, BO) is not None
    assert client.calls == [LIST, "GET /users/30", LIST]
