# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on XCI, read as seldom as can be, and found by what a task says of it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ApiError,
    ConnectionFailed,
    UnexpectedResponse,
    UnknownReference,
)
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import (
    ADMIN,
    ENTITY,
    RESOURCES,
    TEMPLATE,
    USER,
    XIVO,
)
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    DESK,
    ENTITIES,
    LYON_DEFAULT,
    PARIS,
    SALES,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    Turns,
    items,
    users,
)


def world(answers: dict[str, Any] | None = None) -> State:
    return State(FakeClient({**WORLD, **(answers or {})}))  # type: ignore[arg-type]


def calls(state: State) -> list[str]:
    assert isinstance(state.client, FakeClient)
    return state.client.calls


def forget_calls(state: State) -> None:
    calls(state).clear()


# -- reading ------------------------------------------------------------------------------------------------


def test_each_list_is_read_once() -> None:
    state = world()
    for _again in range(2):
        scope = state.resolve("entity", "default@paris")
        assert [item.id for item in state.listing("user", scope).items.values()] == [5, 6]
        assert state.listing("template").items[3].values["entities"] == ["default@paris"]
    assert calls(state) == [ENTITIES, users(DEFAULT), TEMPLATES]


def listed(of: Any) -> list[dict[str, Any]]:
    return list(cast("Any", WORLD[users(of)])["items"])


def without_logins(of: Any) -> Any:
    """Return the list of an entity's users from a server that leaves out the login."""
    return items(*({key: value for key, value in one.items() if key != "ctiLogin"} for one in listed(of)))


def test_a_key_that_one_list_shows_is_left_out_of_none() -> None:
    """XCI may leave out a key that has no value, and so of everybody in an entity where nobody has a login."""
    state = world({users(LYON_DEFAULT): without_logins(LYON_DEFAULT)})
    scopes = [state.resolve("entity", name) for name in ("default@lyon", "default@paris")]
    forget_calls(state)
    assert [item.id for item in state.items_in(USER, scopes)] == [8, 5, 6]
    assert sorted(calls(state)) == sorted([users(DEFAULT), users(LYON_DEFAULT)])


def test_what_no_list_shows_is_read_of_each_object_alone() -> None:
    alone = {f"GET /users/{one['id']}": one for one in listed(DEFAULT)}
    state = world({users(DEFAULT): without_logins(DEFAULT), **alone})
    scope = state.resolve("entity", "default@paris")
    forget_calls(state)
    for _again in range(2):
        assert [item.values["cti_login"] for item in state.items_in(USER, [scope])] == ["zoe", ""]
    assert sorted(calls(state)) == sorted([users(DEFAULT), *alone])


@pytest.mark.parametrize(
    ("kind", "call", "answer"),
    [
        pytest.param("xivo", XIVOS, {"items": None}, id="null"),
        pytest.param("xivo", XIVOS, {"items": {}}, id="object"),
        pytest.param("xivo", XIVOS, "ok", id="text"),
    ],
)
def test_a_list_of_another_form(kind: str, call: str, answer: Any) -> None:
    plural = RESOURCES[kind].plural
    with pytest.raises(UnexpectedResponse, match=f"^invalid list of {plural} from XCI: got "):
        world({call: answer}).listing(kind)


@pytest.mark.parametrize(
    ("kind", "call", "answer"),
    [
        pytest.param("xivo", XIVOS, [PARIS], id="array"),
        pytest.param("template", TEMPLATES, items(DESK), id="items"),
        pytest.param("xivo", XIVOS, {"items": [PARIS], "total": 1, "next": None, "page": 1}, id="a-whole-page"),
    ],
)
def test_both_shapes_of_a_list(kind: str, call: str, answer: Any) -> None:
    assert len(world({call: answer}).listing(kind).items) == 1


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"total": 20}, "1 of 20"),
        ({"totalCount": "20"}, "1 of 20"),
        ({"next": "/xivo?page=2"}, "1"),
        ({"hasMore": True}, "1"),
    ],
)
def test_a_part_of_a_list_is_an_error(more: dict[str, Any], shown: str) -> None:
    with pytest.raises(UnexpectedResponse, match=rf"^XCI shows a part of its list of xivos only \({shown}\)\. Nothing"):
        world({XIVOS: {"items": [PARIS], **more}}).listing("xivo")


def test_odd_values_are_reported_once_with_the_first_object() -> None:
    odd = [{**fakes.user(number, str(195 + number)), "mail": 1.5} for number in (5, 6, 7)]
    state = world({users(DEFAULT): items(*odd)})
    state.listing("user", state.resolve("entity", "default@paris"))
    assert list(state.unreadable()) == [
        "user id 5 (Zoé D'Arc) and 2 more: XCI's value for mail can't be read and is taken as unknown"
    ]
    assert list(state.unreadable()) == []


@pytest.mark.parametrize("missing", [{}, {"id": None}], ids=["absent", "null"])
def test_an_object_without_an_id(missing: Any) -> None:
    raw = {key: value for key, value in PARIS.items() if key != "id"}
    with pytest.raises(UnexpectedResponse, match=r"^invalid xivo from XCI: no id: paris$"):
        world({XIVOS: items({**raw, **missing})}).listing("xivo")


def test_a_list_that_fails_is_asked_for_again() -> None:
    state = world({XIVOS: Turns(ConnectionFailed("down"), items(PARIS))})
    with pytest.raises(ConnectionFailed):
        state.listing("xivo")
    assert list(state.listing("xivo").items) == [1]


def test_reading_several_lists_side_by_side() -> None:
    state = world()
    scopes = list(state.listing("entity").items.values())
    state.prefetch("user", scopes)
    assert sorted(calls(state)[1:]) == sorted([users(DEFAULT), users(SALES), users(LYON_DEFAULT)])
    forget_calls(state)
    state.prefetch("user", scopes, 1)
    state.prefetch("user", [])
    assert [len(state.listing("user", scope).items) for scope in scopes] == [2, 1, 1]
    assert calls(state) == []


def test_reading_several_lists_of_which_one_fails() -> None:
    state = world({users(SALES): ApiError("no", 500)})
    with pytest.raises(ApiError):
        state.prefetch("user", list(state.listing("entity").items.values()))


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("default", "default%40uuid-1"),
        ("a/b?c#d%e f", "a%2Fb%3Fc%23d%25e%20f%40uuid-1"),
        ("siège", "si%C3%A8ge%40uuid-1"),
        ("..", "..%40uuid-1"),
    ],
)
def test_a_key_is_one_segment_of_the_path(name: str, segment: str) -> None:
    assert State.path(ENTITY, {"combined_id": f"{name}@uuid-1"}) == f"/entities/{segment}"
    assert State.path(USER, {"id": 5}) == "/users/5"


def test_reading_one_afresh() -> None:
    state = world({"GET /users/5": Turns(fakes.user(5, "299"), ApiError("gone", 404), ApiError("broken", 500))})
    first = state.read_one(USER, {"id": 5})
    assert first is not None
    assert first.values["internal_number"] == "299"
    assert state.read_one(USER, {"id": 5}) is None
    with pytest.raises(ApiError, match=r"^broken$"):
        state.read_one(USER, {"id": 5})


# -- finding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "desired", "match", "identity"),
    [
        pytest.param(XIVO, {"name": "lyon"}, "", 2, id="xivo"),
        pytest.param(ENTITY, {"name": "default", "xivo": "lyon"}, "", 27, id="entity"),
        pytest.param(ENTITY, {"name": "default", "xivo": "nice"}, "", None, id="entity-elsewhere"),
        pytest.param(TEMPLATE, {"name": "desk"}, "", 3, id="template"),
        pytest.param(ADMIN, {"login": "bob", "name": "whoever"}, "", 9, id="admin"),
        pytest.param(ADMIN, {"id": 9, "login": "new"}, "", 9, id="by-id-alone"),
        pytest.param(ADMIN, {"id": 99, "login": "bob"}, "", None, id="by-an-id-that-is-not-there"),
        pytest.param(USER, {"entity": "default@paris", "internal_number": "201"}, "", 6, id="user"),
        pytest.param(USER, {"entity": "default@paris", "internal_number": "0201"}, "", None, id="leading-zero"),
        pytest.param(USER, {"entity": "sales@paris", "internal_number": "201"}, "", None, id="same-number-elsewhere"),
        pytest.param(USER, {"entity": "default@paris", "cti_login": "zoe"}, "cti_login", 5, id="login"),
        pytest.param(USER, {"entity": "default@paris", "cti_login": "ann"}, "cti_login", None, id="login-of-a-sibling"),
        pytest.param(USER, {"entity": "sales@paris", "last_name": "D'Arc"}, "name", None, id="one-name-only"),
    ],
)
def test_finding_what_is_meant(resource: Resource, desired: Values, match: str, identity: int | None) -> None:
    found = world().find(resource, desired, match)
    assert (found.id if found else None) == identity


@pytest.mark.parametrize(
    ("entity", "search", "identity"),
    [
        ("default@paris", "entity", None),
        ("default@paris", "xivo", 7),
        ("default@paris", "everywhere", 7),
        ("default@lyon", "xivo", None),
        ("default@lyon", "everywhere", 7),
    ],
)
def test_searching_elsewhere(entity: str, search: str, identity: int | None) -> None:
    for match, key in (
        ("cti_login", {"cti_login": "ann"}),
        ("internal_number", {"internal_number": "201"}),
    ):
        on = {users(DEFAULT): items(), users(SALES): items(fakes.user(7, "201", SALES, ctiLogin="ann"))}
        found = world({**on, users(fakes.LYON_DEFAULT): items()}).find(USER, {"entity": entity, **key}, match, search)
        assert (found.id if found else None) == identity


def test_one_name_is_found_where_there_is_one_name() -> None:
    state = world({users(DEFAULT): items(fakes.user(5, "200", firstName=None))})
    found = state.find(USER, {"entity": "default@paris", "last_name": "D'Arc"}, "name")
    assert found is not None
    assert found.id == 5


def test_a_match_in_the_entity_asks_no_other_entity() -> None:
    state = world()
    state.find(USER, {"entity": "default@paris", "cti_login": "zoe"}, "cti_login")
    assert calls(state) == [ENTITIES, users(DEFAULT)]


def test_the_default_lookup_asks_no_other_entity() -> None:
    state = world()
    for match in ("", "internal_number"):
        assert state.find(USER, {"entity": "default@paris", "internal_number": "999"}, match) is None
    assert calls(state) == [ENTITIES, users(DEFAULT)]


def test_several_in_one_list() -> None:
    state = world({users(DEFAULT): items(fakes.user(5, "200"), fakes.user(6, "200"))})
    with pytest.raises(UnknownReference) as caught:
        state.find(USER, {"entity": "default@paris", "internal_number": "200"})
    assert str(caught.value) == (
        "several users have internal_number '200': 200@default@paris (id 5), 200@default@paris (id 6); "
        "give the id of one"
    )


def test_several_among_the_siblings() -> None:
    other = fakes.entity(19, "other")
    state = world({
        ENTITIES: items(DEFAULT, SALES, other),
        users(SALES): items(fakes.user(7, "200", SALES, firstName="Bo")),
        users(other): items(fakes.user(8, "201", other, firstName="Bo")),
    })  # fmt: skip
    with pytest.raises(UnknownReference, match=r'^several users have first_name, last_name "Bo D\'Arc": 200@sales@'):
        state.find(USER, {"entity": "default@paris", "first_name": "Bo", "last_name": "D'Arc"}, "name", "xivo")


def test_a_user_is_read_alone_where_only_the_id_is_known() -> None:
    state = world({"GET /users/5": fakes.user(5, "200")})
    found = state.by_id(USER, 5)
    assert found is not None
    assert found.values["entity"] == "default@paris"
    assert calls(state) == ["GET /users/5"]
    state.listing("user", state.resolve("entity", "default@paris"))
    forget_calls(state)
    assert state.by_id(USER, 5) is not None
    assert calls(state) == []


# -- forgetting ---------------------------------------------------------------------------------------------


def test_forgetting_the_list_of_one_scope() -> None:
    state = world()
    state.prefetch("user", list(state.listing("entity").items.values()))
    state.forget("user", "default@paris")
    forget_calls(state)
    for text in ("default@paris", "sales", "default@lyon"):
        state.listing("user", state.resolve("entity", text))
    assert calls(state) == [users(DEFAULT)]
    state.forget("user")
    forget_calls(state)
    state.listing("user", state.resolve("entity", "sales"))
    assert calls(state) == [users(SALES)]
