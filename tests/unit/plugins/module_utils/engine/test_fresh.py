# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object that was read a while ago is read again before it is written: others may have changed it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.engine import fresh
from ansible_collections.xivo.xci.plugins.module_utils.engine.fresh import Outdated
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import propose
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
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

ZOE = {"entity": "default@paris", "internal_number": "200", "template": "desk"}
GONE = {"entity": "default@paris", "internal_number": "200", "state": "absent"}
BEFORE = user(5, "200", ctiLogin="zoe")


def planned(now: Any, kind: str = "user", answers: Any = None, **options: Any) -> tuple[Operation, State, FakeClient]:
    """Return an operation that was planned long ago; *now* is what XCI shows of user 5 since."""
    client = FakeClient(
        {**WORLD, "GET /users/5": now, "PUT /users/5": None, "DELETE /users/5": None, **(answers or {})}
    )
    state = State(client)  # type: ignore[arg-type]
    options = options or {**ZOE, "first_name": "Zoe"}
    operation = propose(RESOURCES[kind], options, dict(options), state).operation
    assert operation is not None
    operation.read_at -= 60
    for listing in state._lists.values():
        for item in listing.items.values():
            item.read_at -= 60
    client.calls.clear()
    return operation, state, client


def test_what_nobody_asked_to_change_keeps_what_xci_has_now() -> None:
    now = {**BEFORE, "lastName": "Renamed", "mail": "new@example.org"}
    operation, state, client = planned(now)
    done = write(operation, state)
    assert client.calls == ["GET /users/5", "PUT /users/5"]
    assert client.body("PUT /users/5")["lastName"] == "Renamed"
    assert client.body("PUT /users/5")["firstName"] == "Zoe"
    assert done is not None
    assert done.meanwhile == []


def test_what_was_read_just_now_is_not_read_again() -> None:
    operation, state, client = planned(BEFORE)
    operation.read_at += 60
    write(operation, state)
    assert client.calls == ["PUT /users/5"]


def test_a_wanted_value_that_somebody_else_changed_is_written_and_reported() -> None:
    operation, state, client = planned({**BEFORE, "firstName": "Zoë", "lastName": "X"}, **ZOE, first_name="Zoe")
    done = write(operation, state)
    assert done is not None
    assert done.meanwhile == [
        "update user 200@default@paris: it was changed on XCI meanwhile (first_name: 'Zoé' is now 'Zoë')"
    ]
    assert client.body("PUT /users/5")["firstName"] == "Zoe"


def test_nothing_is_written_where_somebody_else_did_it() -> None:
    operation, state, client = planned({**BEFORE, "firstName": "Zoe"})
    assert write(operation, state) is None
    assert client.calls == ["GET /users/5"]


def test_what_is_gone_meanwhile_is_deleted_and_can_not_be_changed() -> None:
    left = items(user(6, "201", firstName="Ann"))
    operation, state, client = planned(
        ApiError("gone", 404), answers={users(DEFAULT): Turns(WORLD[users(DEFAULT)], left)}
    )
    with pytest.raises(Outdated, match=r"^update user 200@default@paris: it was deleted on XCI meanwhile; run again$"):
        write(operation, state)
    operation, state, client = planned(
        ApiError("gone", 404), answers={users(DEFAULT): Turns(WORLD[users(DEFAULT)], left)}, **GONE
    )
    assert write(operation, state) is None
    assert client.calls == ["GET /users/5", users(DEFAULT)]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"lastName": "Other"}, "last_name: \"D'Arc\" is now 'Other'"),
        ({"internalNumber": "299"}, "internal_number: '200' is now '299'"),
        ({"entity": SALES}, "entity: 'default@paris' is now 'sales@paris'"),
    ],
)
def test_who_became_somebody_else_is_not_deleted(change: dict[str, Any], difference: str) -> None:
    operation, state, client = planned({**BEFORE, **change}, **GONE)
    with pytest.raises(Outdated) as caught:
        write(operation, state)
    assert str(caught.value) == (
        f"delete user 200@default@paris: it was changed on XCI meanwhile, and was not deleted ({difference}); run again"
    )
    assert client.calls == ["GET /users/5"]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"internalNumber": "299"}, "internal_number: '200' is now '299'"),
        ({"entity": SALES}, "entity: 'default@paris' is now 'sales@paris'"),
    ],
)
def test_who_was_renumbered_or_moved_is_not_put_back(change: dict[str, Any], difference: str) -> None:
    operation, state, client = planned({**BEFORE, **change})
    with pytest.raises(Outdated) as caught:
        write(operation, state)
    assert str(caught.value) == (
        f"update user 200@default@paris: it is another one meanwhile, and was not changed ({difference}); run again"
    )
    assert client.calls == ["GET /users/5"]


@pytest.mark.parametrize(("old", "looks"), [(True, True), (False, False)])
def test_who_is_in_an_entity_is_looked_at_again_if_that_was_read_a_while_ago(old: bool, looks: bool) -> None:
    """Though the entity itself was read just now."""
    lists = Turns(items(), items(user(9, "209")))
    client = FakeClient({**WORLD, users(DEFAULT): lists, "GET /entities/default%40uuid-1": DEFAULT,
                         "DELETE /entities/default%40uuid-1": None})  # fmt: skip
    state = State(client)  # type: ignore[arg-type]
    state.listing("user", state.resolve("entity", "default@paris")).read_at -= 60 if old else 0
    gone = {"name": "default", "xivo": "paris", "state": "absent"}
    operation = propose(RESOURCES["entity"], gone, {"name": "default", "xivo": "paris"}, state).operation
    assert operation is not None
    if looks:
        with pytest.raises(Outdated, match=r"it has 1 user meanwhile, and was not deleted; run again$"):
            write(operation, state)
    else:
        assert write(operation, state) is not None
    assert bool(client.writes) is not looks


def test_a_list_is_read_once_for_many_of_its_objects() -> None:
    now = items({**BEFORE, "lastName": "Renamed"}, user(6, "201", firstName="Ann"))
    operation, state, client = planned(
        ApiError("gone", 404), answers={users(DEFAULT): Turns(WORLD[users(DEFAULT)], now)}
    )
    second = propose(RESOURCES["user"], {}, {**ZOE, "internal_number": "201", "last_name": "Y"}, state).operation
    assert second is not None
    second.read_at -= 60
    client.answers["PUT /users/6"] = None
    client.calls.clear()
    for one in (operation, second):
        assert write(one, state, many=True) is not None
    assert client.calls == [users(DEFAULT), "PUT /users/5", "PUT /users/6"]
    assert client.body("PUT /users/5")["lastName"] == "Renamed"


@pytest.mark.parametrize("way", [{"entity": None}, {"entity": ...}], ids=["null", "absent"])
@pytest.mark.parametrize("options", [{**ZOE, "first_name": "Zoe"}, GONE], ids=["edit", "deletion"])
def test_who_does_not_say_alone_in_which_entity_he_is_is_looked_for_in_its_list(
    way: dict[str, Any], options: dict[str, Any]
) -> None:
    shown = {key: value for key, value in {**BEFORE, **way}.items() if value is not ...}
    listed = {users(DEFAULT): items(shown, user(6, "201", firstName="Ann"))}
    operation, state, client = planned(shown, answers=listed, **options)
    # What was written for an exchange a moment ago is read again, too.
    for item in state.listing("user", state.resolve("entity", "default@paris")).items.values():
        item.read_at += 60
    assert write(operation, state) is not None
    assert client.calls[:2] == ["GET /users/5", users(DEFAULT)]
    assert len(client.writes) == 1


def test_an_entity_that_somebody_moved_to_meanwhile_is_not_deleted() -> None:
    path = users(SALES)
    answers = {path: Turns(items(), items(user(7, "200", SALES))), "GET /entities/sales%40uuid-1": SALES}
    options = {"name": "sales", "xivo": "paris", "state": "absent"}
    operation, state, _client = planned(None, "entity", answers, **options)
    with pytest.raises(Outdated, match=r"^delete entity sales@paris: it has 1 user meanwhile, and was not deleted"):
        write(operation, state)


def test_a_creation_reads_nothing_before_it() -> None:
    assert fresh.refreshed(Operation("create", RESOURCES["user"], {}, {}, {}), None) is not None  # type: ignore[arg-type]
