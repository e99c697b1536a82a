# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was created is found by the next id where XCI's answer does not show it, and believed only if it is the one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import propose
from ansible_collections.xivo.xci.plugins.module_utils.engine.verify import verify
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER
from ansible_collections.xivo.xci.plugins.module_utils.state.next_id import NextId
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    SALES,
    WORLD,
    FakeClient,
    Turns,
    items,
    user,
    users,
)

LIST = users(DEFAULT)
KNOWN = [user(5, "200", ctiLogin="zoe"), user(6, "201", firstName="Ann")]


def create(state: State, number: str, **more: Any) -> None:
    """Create a user as a task does, who is read back."""
    options = {"entity": "default@paris", "internal_number": number, "last_name": "Bo", "template": "desk", **more}
    operation = propose(USER, options, dict(options), state).operation
    assert operation is not None
    done = write(operation, state)
    assert done is not None
    assert verify([done], state, alone=True)[0].problem is None
    assert state.find(USER, {"entity": "default@paris", "internal_number": number}) is not None


def test_each_creation_costs_one_get() -> None:
    made = {f"GET /users/{7 + n}": user(7 + n, str(210 + n), lastName="BO") for n in range(3)}
    client = FakeClient({**WORLD, **made, "POST /users": None})
    state = State(client)  # type: ignore[arg-type]
    for n in range(3):
        create(state, str(210 + n))
    assert client.calls.count(LIST) == 1
    assert [call for call in client.calls if call.startswith("GET /users/")] == list(made)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_is_not_there_is_looked_for_in_the_list(status: int) -> None:
    lists = Turns(items(*KNOWN), items(*KNOWN, user(30, "210")))
    client = FakeClient({**WORLD, LIST: lists, "GET /users/7": ApiError("no", status), "POST /users": None})
    create(State(client), "210")  # type: ignore[arg-type]
    assert client.calls.count(LIST) == 2


@pytest.mark.parametrize("other", [user(7, "211"), user(7, "210", SALES)], ids=["another number", "another entity"])
def test_somebody_else_is_not_believed(other: Any) -> None:
    lists = Turns(items(*KNOWN), items(*KNOWN, user(30, "210")))
    client = FakeClient({**WORLD, LIST: lists, "GET /users/7": other, "POST /users": None})
    create(State(client), "210")  # type: ignore[arg-type]
    assert client.calls.count(LIST) == 2


def test_what_the_list_showed_counts_for_the_next_guess() -> None:
    lists = Turns(items(*KNOWN), items(*KNOWN, user(30, "210")))
    answers = {LIST: lists, "GET /users/7": ApiError("no", 404), "GET /users/31": user(31, "211"), "POST /users": None}
    client = FakeClient({**WORLD, **answers})
    state = State(client)  # type: ignore[arg-type]
    create(state, "210")
    create(state, "211")
    assert client.calls.count(LIST) == 2


def test_after_two_misses_in_a_row_it_is_the_list() -> None:
    there = list(KNOWN)
    lists = [items(*there)]
    for n, identity in enumerate((30, 50, 70)):
        there.append(user(identity, str(210 + n)))
        lists.append(items(*there))
    misses = {f"GET /users/{identity}": ApiError("no", 404) for identity in (7, 31)}
    client = FakeClient({**WORLD, LIST: Turns(*lists), **misses, "POST /users": None})
    state = State(client)  # type: ignore[arg-type]
    for n in range(3):
        create(state, str(210 + n))
    assert client.calls.count(LIST) == 4


def test_counting_misses() -> None:
    ids = NextId()
    assert ids.guess("user") is None
    ids.see("user", 9)
    ids.see("user", 4)
    ids.judge("user", right=False)
    ids.judge("user", right=True)
    ids.judge("user", right=False)
    assert (ids.guess("user"), ids.guess("admin")) == (10, None)
    ids.judge("user", right=False)
    assert ids.guess("user") is None
