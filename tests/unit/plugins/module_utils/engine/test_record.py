# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known after our own writes, and what is read again for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, InputError
from ansible_collections.xivo.xci.plugins.module_utils.engine.record import record
from ansible_collections.xivo.xci.plugins.module_utils.engine.verify import verify
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.state.index import Item
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    ENTITIES,
    LYON,
    SALES,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    Turns,
    items,
    numbers,
    users,
)


@pytest.fixture(autouse=True)
def _time(clock: Clock) -> None:
    """What does not show is looked for again for a while."""


def world(answers: dict[str, Any] | None = None) -> State:
    return State(FakeClient({**WORLD, **(answers or {})}))  # type: ignore[arg-type]


def calls(state: State) -> list[str]:
    assert isinstance(state.client, FakeClient)
    return state.client.calls


def forget_calls(state: State) -> None:
    calls(state).clear()


Loaded = tuple[State, Item]


def loaded(resource: Resource, desired: Values, answers: dict[str, Any] | None = None) -> Loaded:
    """A state that has read what the world holds of a kind, and one of that kind."""
    state = world(answers or {})
    found = state.find(resource, desired)
    assert found is not None
    forget_calls(state)
    return state, found


def edit(resource: Resource, item: Item, **desired: Any) -> Operation:
    operation = compare(resource, desired, item.values)
    assert operation is not None
    operation.raw = item.raw
    return operation


def removal(resource: Resource, item: Item) -> Operation:
    operation = compare(resource, {}, item.values, absent=True)
    assert operation is not None
    return operation


NEW_USER = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "internal_number": "202"}
NEW_TEMPLATE = {"name": "door", "xivos": ["paris"]}
CREATIONS: dict[str, tuple[Resource, Values, str, Any, str]] = {
    "user": (USER, NEW_USER, users(DEFAULT), fakes.user(30, "202", firstName="Bo"), "GET /users/30"),
    "template": (TEMPLATE, NEW_TEMPLATE, TEMPLATES, fakes.template(30, "door", entities=[]), "GET /templates/30"),
    "admin": (
        ADMIN,
        {"login": "eve", "ldap": True},
        ADMINS,
        fakes.admin(30, "eve", ldap=True),
        "GET /administrators/30",
    ),
    "entity": (ENTITY, {"name": "new", "xivo": "lyon"}, ENTITIES, fakes.entity(30, "new", LYON), ""),
    "xivo": (XIVO, {"name": "nice", "host": "192.0.2.30"}, XIVOS, fakes.xivo(30, "nice"), ""),
}

NEXT = {
    "user": "GET /users/7",
    "template": "GET /templates/4",
    "admin": "GET /administrators/10",
    "xivo": "GET /xivo/3",
}
"""The request for the id after the highest one of the world, where an id is the key of a kind."""
NO_NEXT = {call: ApiError("not found", 404) for call in NEXT.values()}


def create(kind: str, answers: dict[str, Any], answer: Any, alone: bool = True) -> Loaded:
    """Record a creation of which XCI says *answer*; the object that is found afterwards is returned."""
    resource, desired, *_rest = CREATIONS[kind]
    state = world(answers)
    assert state.find(resource, desired) is None
    forget_calls(state)
    operation = compare(resource, desired, None)
    assert operation is not None
    record(state, operation, answer, {})
    if alone:
        verify([operation], state, alone=True)
    found = state.find(resource, desired)
    assert found is not None
    assert found.id == 30
    return state, found


def with_new(kind: str) -> Turns:
    """The list without, and with, the new object."""
    _resource, _desired, call, raw, _one = CREATIONS[kind]
    world: Any = WORLD[call]
    return Turns(world, [*world, raw] if isinstance(world, list) else items(*world["items"], raw))


@pytest.mark.parametrize("kind", CREATIONS)
def test_a_creation_that_is_answered_whole_is_read_no_more(kind: str) -> None:
    raw = CREATIONS[kind][3]
    state, found = create(kind, {}, raw)
    assert found.raw == raw
    assert calls(state) == []


@pytest.mark.parametrize("kind", ["user", "template", "admin"])
def test_a_creation_that_is_answered_with_its_id_is_read_alone(kind: str) -> None:
    raw, one = CREATIONS[kind][3:]
    state, _found = create(kind, {one: raw}, {"id": 30})
    assert calls(state) == [one]


@pytest.mark.parametrize("kind", CREATIONS)
@pytest.mark.parametrize("answer", [None, {}, [], "ok", {"id": "many"}, {"id": None}], ids=str)
def test_a_creation_that_is_not_shown_is_read_with_its_list(kind: str, answer: Any) -> None:
    state, _found = create(kind, {**NO_NEXT, CREATIONS[kind][2]: with_new(kind)}, answer)
    assert calls(state) == [*([NEXT[kind]] if kind in NEXT else []), CREATIONS[kind][2]]


@pytest.mark.parametrize("kind", NEXT)
def test_a_creation_that_is_not_shown_is_read_alone_by_the_next_id(kind: str) -> None:
    resource, desired, _list, raw, _one = CREATIONS[kind]
    state = world({NEXT[kind].rsplit("/", 1)[0] + "/30": raw})
    assert state.find(resource, desired) is None
    state.next_id.see(kind, 29)
    forget_calls(state)
    operation = compare(resource, desired, None)
    assert operation is not None
    record(state, operation, None, {})
    verify([operation], state, alone=True)
    found = state.find(resource, desired)
    assert found is not None
    assert (found.id, len(calls(state))) == (30, 1)


def test_of_a_list_that_is_read_again_only_what_differs_is_taken_apart() -> None:
    kept, changed, gone = fakes.user(5, "200"), fakes.user(6, "201"), fakes.user(7, "203")
    new = CREATIONS["user"][3]
    turns = Turns(items(kept, changed, gone), items(kept, {**changed, "firstName": "Bob"}, new))
    state = world({users(DEFAULT): turns, "GET /users/8": ApiError("not found", 404)})
    before = dict(state.listing("user", state.resolve("entity", "default@paris")).items)
    operation = compare(USER, NEW_USER, None)
    assert operation is not None
    record(state, operation, None, {})
    after = state.listing("user", state.resolve("entity", "default@paris")).items
    assert set(after) == {5, 6, 30}
    assert after[5] is before[5]
    assert after[6].values["first_name"] == "Bob"
    found = state.find(USER, {"entity": "default@paris", "internal_number": "203"})
    assert found is None


@pytest.mark.parametrize("identity", [None, [1], True])
def test_a_list_that_is_read_again_and_can_not_be_is_not_believed(identity: Any) -> None:
    good, bad = fakes.user(5, "200"), {**fakes.user(5, "200"), "id": identity}
    turns = Turns(items(good), items(bad), items(good, fakes.user(6, "201"), CREATIONS["user"][3]))
    state = world({users(DEFAULT): turns, "GET /users/6": ApiError("not found", 404)})
    assert state.find(USER, NEW_USER) is None
    operation = compare(USER, NEW_USER, None)
    assert operation is not None
    record(state, operation, None, {})
    (verdict,) = verify([operation], state, alone=True)
    assert "it is done, but what XCI shows of it can't be read: invalid user from XCI" in str(verdict.problem)
    assert state.find(USER, {"entity": "default@paris", "internal_number": "201"}) is not None


@pytest.mark.parametrize("kind", ["entity", "xivo"])
def test_an_id_does_not_do_where_something_else_is_the_key(kind: str) -> None:
    answers = {CREATIONS[kind][2]: with_new(kind), "GET /xivo/30": CREATIONS[kind][3]}
    state, _found = create(kind, answers, {"id": 30})
    assert calls(state) == [CREATIONS[kind][2] if kind == "entity" else "GET /xivo/30"]


def test_among_many_a_creation_is_read_when_it_is_needed() -> None:
    state, _found = create("user", {users(DEFAULT): with_new("user")}, {"id": 30}, alone=False)
    assert calls(state) == [users(DEFAULT)]


def test_a_creation_that_is_gone_again_is_read_with_its_list() -> None:
    answers = {"GET /users/30": ApiError("gone", 404), users(DEFAULT): with_new("user")}
    state, _found = create("user", answers, {"id": 30})
    assert calls(state) == ["GET /users/30", users(DEFAULT)]


def test_a_creation_that_can_not_be_read_alone_is_read_with_its_list() -> None:
    answers = {"GET /users/30": ApiError("broken", 500), users(DEFAULT): with_new("user")}
    state, _found = create("user", answers, {"id": 30})
    assert calls(state) == ["GET /users/30", users(DEFAULT)]


def test_a_list_that_was_never_read_is_not_begun_by_a_creation() -> None:
    state = world({users(DEFAULT): with_new("user").answers[1]})
    operation = compare(USER, NEW_USER, None)
    assert operation is not None
    record(state, operation, CREATIONS["user"][3], {})
    forget_calls(state)
    assert state.find(USER, {"entity": "default@paris", "internal_number": "200"}) is not None
    assert calls(state) == [users(DEFAULT)]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        pytest.param(fakes.user(5, "200", firstName="Zoe", mail="new"), "new", id="whole"),
        pytest.param({"id": 5}, "", id="id"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_an_edit_is_recorded(answer: Any, shown: str) -> None:
    state, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    operation = edit(USER, zoe, first_name="Zoe")
    record(state, operation, answer, {"firstName": "Zoe", "entityCId": "x"})
    found = state.find(USER, {"entity": "default@paris", "internal_number": "200"})
    assert found is not None
    assert (found.id, found.values["first_name"], found.values["mail"]) == (5, "Zoe", shown)
    assert (found.raw["firstName"], "entityCId" in found.raw) == ("Zoe", False)
    assert zoe.raw["firstName"] == "Zoé"
    assert calls(state) == []


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "nothing"])
def test_a_user_who_moves_is_found_where_he_is_now(whole: bool) -> None:
    state, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    state.listing("user", state.resolve("entity", "sales"))
    forget_calls(state)
    operation = edit(USER, zoe, entity="sales@paris", internal_number="250")
    record(state, operation, fakes.user(5, "250", SALES) if whole else None, {})
    assert state.find(USER, {"entity": "default@paris", "internal_number": "200"}) is None
    assert state.find(USER, {"entity": "default@paris", "internal_number": "250"}) is None
    found = state.find(USER, {"entity": "sales@paris", "internal_number": "250"})
    assert found is not None
    assert found.id == 5
    assert calls(state) == []


def test_a_removal_is_recorded() -> None:
    state, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    record(state, removal(USER, zoe), None, {})
    assert state.find(USER, {"entity": "default@paris", "internal_number": "200"}) is None
    assert state.find(USER, {"entity": "default@paris", "internal_number": "201"}) is not None
    assert calls(state) == []


@pytest.mark.parametrize("resource", [TEMPLATE, ADMIN, ENTITY], ids=lambda resource: resource.kind)
def test_a_removal_does_not_cost_the_list(resource: Resource) -> None:
    desired = (
        {"name": "desk", "login": "bob", "xivo": "lyon"}
        if resource is not ENTITY
        else {"name": "default", "xivo": "lyon"}
    )
    state, item = loaded(resource, desired)
    record(state, removal(resource, item), None, {})
    assert state.find(resource, desired) is None
    assert calls(state) == []


Write = Callable[[State], None]


def _write(resource: Resource, desired: Values, **change: Any) -> Write:
    def write(state: State) -> None:
        item = state.find(resource, desired)
        assert item is not None
        record(state, edit(resource, item, **change) if change else removal(resource, item), None, {})

    return write


def _create(kind: str) -> Write:
    def write(state: State) -> None:
        operation = compare(CREATIONS[kind][0], CREATIONS[kind][1], None)
        assert operation is not None
        record(state, operation, CREATIONS[kind][3], {})

    return write


ZOE = {"entity": "default@paris", "internal_number": "200"}
LYON_ENTITY = {"name": "default", "xivo": "lyon"}


@pytest.mark.parametrize(
    ("write", "again"),
    [
        pytest.param(_create("user"), set(), id="user-created"),
        pytest.param(_write(USER, ZOE, first_name="Zoe"), {numbers(DEFAULT)}, id="user-changed"),
        pytest.param(_write(USER, ZOE), {numbers(DEFAULT)}, id="user-removed"),
        pytest.param(_create("template"), set(), id="template-created"),
        pytest.param(_write(TEMPLATE, {"name": "desk"}, ringing_time=20), set(), id="template-changed"),
        pytest.param(_write(TEMPLATE, {"name": "desk"}, name="door"), {TEMPLATES}, id="template-renamed"),
        pytest.param(_write(TEMPLATE, {"name": "desk"}), set(), id="template-removed"),
        pytest.param(_create("entity"), set(), id="entity-created"),
        pytest.param(_write(ENTITY, LYON_ENTITY, display_name="x"), set(), id="entity-changed"),
        pytest.param(
            _write(ENTITY, LYON_ENTITY, name="new"),
            {ENTITIES, TEMPLATES, ADMINS, users(DEFAULT)},
            id="entity-renamed",
        ),
        pytest.param(_write(ENTITY, LYON_ENTITY), {TEMPLATES, ADMINS, users(DEFAULT)}, id="entity-removed"),
        pytest.param(_write(ENTITY, {"name": "default", "xivo": "paris"}, intervals=[]), {numbers(DEFAULT)},
                     id="entity-of-other-intervals"),
        pytest.param(
            _write(ENTITY, {"name": "default", "xivo": "paris"}, intervals=[], name="new"),
            {ENTITIES, TEMPLATES, ADMINS, users(DEFAULT), numbers(DEFAULT)},
            id="entity-renamed-and-of-other-intervals",
        ),
        pytest.param(_write(ADMIN, {"login": "bob"}), set(), id="admin-removed"),
        pytest.param(_create("xivo"), {ENTITIES}, id="xivo-created"),
    ],
)  # fmt: skip
def test_what_is_forgotten_after_a_write(write: Write, again: set[str]) -> None:
    state = world()
    scope = state.resolve("entity", "default@paris")
    for kind in ("xivo", "entity", "template", "admin"):
        state.listing(kind)
    state.listing("user", scope)
    state.numbers.available(scope)
    write(state)
    forget_calls(state)
    for kind in ("xivo", "entity", "template", "admin"):
        state.listing(kind)
    state.listing("user", scope)
    state.numbers.available(scope)
    assert set(calls(state)) == again


def test_a_number_is_not_given_twice() -> None:
    made = {"GET /users/30": CREATIONS["user"][3]}
    state = world({numbers(DEFAULT): Turns(WORLD[numbers(DEFAULT)], items()), **made})
    assert state.numbers.first_available("default@paris", {}) == "202"
    _create("user")(state)
    with pytest.raises(InputError, match="no available number left"):
        state.numbers.first_available("default@paris", {})
