# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the server, by any name, read as seldom as can be, and right after each write."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ApiError,
    ConnectionFailed,
    InputError,
    UnexpectedResponse,
    UnknownReference,
)
from ansible_collections.xivo.xci.plugins.module_utils.engine.record import record
from ansible_collections.xivo.xci.plugins.module_utils.model import change
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import (
    ADMIN,
    ENTITY,
    RESOURCES,
    TEMPLATE,
    USER,
    XIVO,
)
from ansible_collections.xivo.xci.plugins.module_utils.state.index import Item
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    DESK,
    ENTITIES,
    LYON,
    LYON_DEFAULT,
    PARIS,
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


def directory() -> State:
    return there({})


def there(answers: dict[str, Any]) -> State:
    return State(FakeClient({**WORLD, **answers}))  # type: ignore[arg-type]


def calls(view: State) -> list[str]:
    assert isinstance(view.client, FakeClient)
    return view.client.calls


def forget_calls(view: State) -> None:
    calls(view).clear()


# -- reading ------------------------------------------------------------------------------------------------


def test_each_list_is_read_once() -> None:
    view = directory()
    for _again in range(2):
        scope = view.resolve("entity", "default@paris")
        assert [item.id for item in view.listing("user", scope).items.values()] == [5, 6]
        assert view.listing("template").items[3].values["entities"] == ["default@paris"]
    assert calls(view) == [ENTITIES, users(DEFAULT), TEMPLATES]


@pytest.mark.parametrize(
    ("kind", "call", "answer"),
    [
        pytest.param("xivo", XIVOS, [PARIS], id="array-for-items"),
        pytest.param("template", TEMPLATES, items(DESK), id="items-for-array"),
        pytest.param("xivo", XIVOS, {"items": None}, id="null"),
        pytest.param("xivo", XIVOS, {"items": {}}, id="object"),
        pytest.param("xivo", XIVOS, "ok", id="text"),
    ],
)
def test_a_list_of_another_form(kind: str, call: str, answer: Any) -> None:
    plural = RESOURCES[kind].plural
    with pytest.raises(UnexpectedResponse, match=f"^invalid list of {plural} from XCI: got "):
        there({call: answer}).listing(kind)


@pytest.mark.parametrize("missing", [{}, {"id": None}], ids=["absent", "null"])
def test_an_object_without_an_id(missing: Any) -> None:
    raw = {key: value for key, value in PARIS.items() if key != "id"}
    with pytest.raises(UnexpectedResponse, match=r"^invalid xivo from XCI: no id: paris$"):
        there({XIVOS: items({**raw, **missing})}).listing("xivo")


def test_a_list_that_fails_is_asked_for_again() -> None:
    view = there({XIVOS: Turns(ConnectionFailed("down"), items(PARIS))})
    with pytest.raises(ConnectionFailed):
        view.listing("xivo")
    assert list(view.listing("xivo").items) == [1]


def test_reading_several_lists_side_by_side() -> None:
    view = directory()
    scopes = list(view.listing("entity").items.values())
    view.prefetch("user", scopes)
    assert sorted(calls(view)[1:]) == sorted([users(DEFAULT), users(SALES), users(LYON_DEFAULT)])
    forget_calls(view)
    view.prefetch("user", scopes, 1)
    view.prefetch("user", [])
    assert [len(view.listing("user", scope).items) for scope in scopes] == [2, 1, 1]
    assert calls(view) == []


def test_reading_several_lists_of_which_one_fails() -> None:
    view = there({users(SALES): ApiError("no", 500)})
    with pytest.raises(ApiError):
        view.prefetch("user", list(view.listing("entity").items.values()))


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
    view = there({"GET /users/5": Turns(fakes.user(5, "299"), ApiError("gone", 404), ApiError("broken", 500))})
    first = view.read_one(USER, {"id": 5})
    assert first is not None
    assert first.values["internal_number"] == "299"
    assert view.read_one(USER, {"id": 5}) is None
    with pytest.raises(ApiError, match=r"^broken$"):
        view.read_one(USER, {"id": 5})


# -- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "identity"),
    [
        ("xivo", "paris", 1),
        ("xivo", "uuid-2", 2),
        ("xivo", "2", 2),
        ("entity", "sales", 18),
        ("entity", "sales@paris", 18),
        ("entity", "default@lyon", 27),
        ("entity", "default@uuid-1", 17),
        ("template", "desk", 3),
        ("template", "3", 3),
    ],
)
def test_every_way_to_name_an_object(kind: str, text: str, identity: int) -> None:
    assert directory().resolve(kind, text).id == identity


def test_a_name_comes_before_an_id() -> None:
    view = there({XIVOS: items(fakes.xivo(1, "2"), fakes.xivo(2, "lyon"))})
    assert view.resolve("xivo", "2").id == 1


def test_an_entity_on_a_xivo_comes_before_a_name_with_an_at() -> None:
    odd = fakes.entity(40, "default@lyon", PARIS)
    assert there({ENTITIES: items(odd, LYON_DEFAULT)}).resolve("entity", "default@lyon").id == 27


@pytest.mark.parametrize(
    ("kind", "text", "complaint"),
    [
        ("entity", "defualt", "entity 'defualt' not found; did you mean default@lyon or default@paris?"),
        ("entity", "s@p", "entity 's@p' not found; did you mean sales@paris?"),
        ("entity", "zz", "entity 'zz' not found; XCI has default@lyon, default@paris, sales@paris"),
        ("entity", "sales@par", "entity 'sales@par' not found; did you mean sales@paris"),
        ("entity", "lyo", "entity 'lyo' not found; did you mean default@lyon?"),
        ("template", "dsk", "template 'dsk' not found; did you mean desk?"),
        ("xivo", "99", "xivo '99' not found; XCI has lyon, paris"),
        ("entity", "17", "entity '17' not found; XCI has default@lyon, default@paris, sales@paris"),
        ("entity", "default", "entity 'default' is ambiguous; give one of: default@lyon, default@paris"),
    ],
)
def test_what_names_nothing_or_several(kind: str, text: str, complaint: str) -> None:
    with pytest.raises(UnknownReference, match=f"^{re.escape(complaint)}"):
        directory().resolve(kind, text)


def test_what_names_nothing_where_there_is_nothing() -> None:
    with pytest.raises(UnknownReference, match=r"^template 'x' not found; XCI has no templates at all$"):
        there({TEMPLATES: []}).resolve("template", "x")


def test_many_candidates_are_not_all_told() -> None:
    many = [fakes.template(n, f"model {n:02}", xivos=[], entities=[]) for n in range(1, 20)]
    with pytest.raises(UnknownReference, match=r"XCI has model 01, (model \d\d, ){8}model 10$"):
        there({TEMPLATES: many}).resolve("template", "zz")


def test_labels_of_objects_with_the_same_name() -> None:
    twins = [fakes.template(3, "desk"), fakes.template(4, "desk"), fakes.template(5, "door")]
    view = there({TEMPLATES: twins})
    labels = [view.label_of(TEMPLATE, item) for item in view.listing("template").items.values()]
    assert labels == ["3", "4", "door"]
    with pytest.raises(UnknownReference, match=r"^template 'desk' is ambiguous; give one of: 3, 4$"):
        view.resolve("template", "desk")
    assert view.resolve("template", "4").id == 4


TWIN = fakes.xivo(2, "paris")
TWINS = {XIVOS: items(PARIS, TWIN), ENTITIES: items(DEFAULT, fakes.entity(27, "sales", TWIN))}


@pytest.mark.parametrize("first", ["xivo", "entity"])
def test_labels_on_xivos_of_the_same_name_whatever_is_read_first(first: str) -> None:
    """Taken for two objects, one entity would be created a second time."""
    view = there(TWINS)
    view.listing(first)
    desired = view.with_labels(ENTITY, {"name": "default", "xivo": "uuid-1"})
    assert desired == {"name": "default", "xivo": "uuid-1"}
    found = view.find(ENTITY, desired)
    assert found is not None
    assert found.id == 17
    assert view.find(ENTITY, {"name": "default", "xivo": "uuid-2"}) is None


@pytest.mark.parametrize(
    ("kind", "element", "label"),
    [
        ("xivo", 2, "lyon"),
        ("xivo", "uuid-2", "lyon"),
        ("xivo", LYON, "lyon"),
        ("entity", 27, "default@lyon"),
        ("entity", "default@uuid-2", "default@lyon"),
        ("entity", LYON_DEFAULT, "default@lyon"),
        ("entity", {"id": 27}, "default@lyon"),
        ("xivo", 99, "99"),
        ("entity", "hidden@uuid-9", "hidden@uuid-9"),
    ],
)
def test_labels_of_all_that_xci_refers_by(kind: str, element: Any, label: str) -> None:
    assert directory().label(kind, element) == label


def test_an_object_that_is_shown_whole_costs_no_list() -> None:
    view = directory()
    assert view.label("entity", LYON_DEFAULT) == "default@lyon"
    assert view.label("entity", 27) == "default@lyon"
    assert calls(view) == []
    view.label("entity", 22)
    assert calls(view) == [ENTITIES]


def test_an_object_that_is_in_no_list_is_called_by_what_xci_takes_for_it() -> None:
    hidden = fakes.entity(99, "hidden")
    view = directory()
    view.listing("entity")
    assert view.label("entity", hidden, "combined_id") == "hidden@uuid-1"
    assert view.label("entity", hidden, "id") == "99"
    assert view.key("entity", "hidden@uuid-1", "combined_id") == "hidden@uuid-1"
    assert view.key("entity", "99", "id") == 99


@pytest.mark.parametrize("element", [True, None, 1.5, [], {}, {"id": None}, {"id": True}], ids=str)
def test_what_is_no_reference(element: Any) -> None:
    with pytest.raises(ValueError, match=r"^expected a reference to a entity$"):
        directory().label("entity", element)


@pytest.mark.parametrize(
    ("kind", "label", "field", "key"),
    [
        ("xivo", "lyon", "id", 2),
        ("entity", "default@lyon", "id", 27),
        ("entity", "default@lyon", "combined_id", "default@uuid-2"),
        ("template", "desk", "id", 3),
    ],
)
def test_keys(kind: str, label: str, field: str, key: Any) -> None:
    assert directory().key(kind, label, field) == key


def test_the_id_of_a_name_that_means_nothing() -> None:
    with pytest.raises(UnknownReference, match=r"^xivo 'nowhere' not found"):
        directory().key("xivo", "nowhere", "id")


def test_wanted_references_become_labels() -> None:
    view = directory()
    desired = {"name": "x", "xivos": ["2", "lyon", "uuid-1"], "entities": ["sales", "default@uuid-1"]}
    assert view.with_labels(TEMPLATE, desired) == {
        "name": "x",
        "xivos": ["lyon", "paris"],
        "entities": ["default@paris", "sales@paris"],
    }
    assert desired["xivos"] == ["2", "lyon", "uuid-1"]


def test_what_rides_is_left_until_there_is_a_write() -> None:
    view = directory()
    desired = {"entity": "sales", "template": "3"}
    assert view.with_labels(USER, desired) == {"entity": "sales@paris", "template": "3"}
    assert calls(view) == [ENTITIES]
    assert view.with_labels(USER, desired, write_only=True) == {"entity": "sales", "template": "desk"}


def test_a_wanted_reference_that_means_nothing_names_its_option() -> None:
    with pytest.raises(UnknownReference) as caught:
        directory().with_labels(TEMPLATE, {"name": "x", "entities": ["sales", "zz"]})
    assert str(caught.value).startswith("entities: entity 'zz' not found; XCI has ")


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
        pytest.param(USER, {"entity": "default@paris", "cti_login": "ann"}, "cti_login", 7, id="login-of-a-sibling"),
        pytest.param(USER, {"entity": "default@lyon", "cti_login": "ann"}, "cti_login", None, id="not-of-another-xivo"),
        pytest.param(
            USER,
            {"entity": "sales@paris", "first_name": "Zoé", "last_name": "D'Arc"},
            "name",
            5,
            id="name-of-a-sibling",
        ),
        pytest.param(USER, {"entity": "sales@paris", "last_name": "D'Arc"}, "name", None, id="one-name-only"),
    ],
)
def test_finding_what_is_meant(resource: Resource, desired: Values, match: str, identity: int | None) -> None:
    found = directory().find(resource, desired, match)
    assert (found.id if found else None) == identity


def test_one_name_is_found_where_there_is_one_name() -> None:
    view = there({users(DEFAULT): items(fakes.user(5, "200", firstName=None))})
    found = view.find(USER, {"entity": "default@paris", "last_name": "D'Arc"}, "name")
    assert found is not None
    assert found.id == 5


def test_a_match_in_the_entity_asks_no_other_entity() -> None:
    view = directory()
    view.find(USER, {"entity": "default@paris", "cti_login": "zoe"}, "cti_login")
    assert calls(view) == [ENTITIES, users(DEFAULT)]


def test_the_usual_match_asks_no_other_entity() -> None:
    view = directory()
    for match in ("", "internal_number"):
        assert view.find(USER, {"entity": "default@paris", "internal_number": "999"}, match) is None
    assert calls(view) == [ENTITIES, users(DEFAULT)]


def test_several_in_one_list() -> None:
    view = there({users(DEFAULT): items(fakes.user(5, "200"), fakes.user(6, "200"))})
    with pytest.raises(UnknownReference) as caught:
        view.find(USER, {"entity": "default@paris", "internal_number": "200"})
    assert str(caught.value) == (
        "several users have internal_number '200': 200@default@paris (id 5), 200@default@paris (id 6); "
        "give the id of one"
    )


def test_several_among_the_siblings() -> None:
    other = fakes.entity(19, "other")
    view = there({
        ENTITIES: items(DEFAULT, SALES, other),
        users(SALES): items(fakes.user(7, "200", SALES, firstName="Bo")),
        users(other): items(fakes.user(8, "201", other, firstName="Bo")),
    })  # fmt: skip
    with pytest.raises(UnknownReference, match=r'^several users have first_name, last_name "Bo D\'Arc": 200@sales@'):
        view.find(USER, {"entity": "default@paris", "first_name": "Bo", "last_name": "D'Arc"}, "name")


def test_a_user_is_read_alone_where_only_the_id_is_known() -> None:
    view = there({"GET /users/5": fakes.user(5, "200")})
    found = view.by_id(USER, 5)
    assert found is not None
    assert found.values["entity"] == "default@paris"
    assert calls(view) == ["GET /users/5"]
    view.listing("user", view.resolve("entity", "default@paris"))
    forget_calls(view)
    assert view.by_id(USER, 5) is not None
    assert calls(view) == []


# -- available numbers --------------------------------------------------------------------------------------


def test_the_first_number_that_no_user_has() -> None:
    view = directory()
    assert view.numbers.first_available("default@paris") == "202"
    assert view.numbers.first_available("default@paris") == "202"
    assert calls(view) == [ENTITIES, users(DEFAULT), numbers(DEFAULT)]


def test_no_number_left() -> None:
    view = there({numbers(DEFAULT): items("200", "201")})
    with pytest.raises(InputError) as caught:
        view.numbers.first_available("default@paris")
    assert str(caught.value) == (
        "entity default@paris has no available number left; give internal_number, or widen its intervals"
    )


@pytest.mark.parametrize(
    ("shown", "available"),
    [(["0300", "0301"], ["0300", "0301"]), ([300], ["300"]), ([], [])],
    ids=["strings", "numbers", "none"],
)
def test_available_numbers(shown: list[Any], available: list[str]) -> None:
    view = there({numbers(DEFAULT): items(*shown)})
    assert list(view.numbers.available(view.resolve("entity", "default@paris"))) == available


@pytest.mark.parametrize("answer", [["200"], {"items": None}, {"items": [None]}, "200"], ids=str)
def test_available_numbers_of_another_form(answer: Any) -> None:
    view = there({numbers(DEFAULT): answer})
    with pytest.raises(
        UnexpectedResponse, match=r"^invalid list of available numbers from XCI: got "
    ):
        view.numbers.first_available("default@paris")


# -- keeping up with our own writes -------------------------------------------------------------------------

Loaded = tuple[State, Item]


def loaded(resource: Resource, desired: Values, answers: dict[str, Any] | None = None) -> Loaded:
    """A directory that has read what the world holds of a kind, and one of that kind."""
    view = there(answers or {})
    found = view.find(resource, desired)
    assert found is not None
    forget_calls(view)
    return view, found


def edit(resource: Resource, item: Item, **desired: Any) -> Operation:
    operation = change.compare(resource, desired, item.values)
    assert operation is not None
    operation.raw = item.raw
    return operation


def removal(resource: Resource, item: Item) -> Operation:
    operation = change.compare(resource, {}, item.values, absent=True)
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


def create(kind: str, answers: dict[str, Any], answer: Any, **more: Any) -> Loaded:
    """Settle a creation of which XCI says *answer*; the object that is found afterwards is returned."""
    resource, desired, *_rest = CREATIONS[kind]
    view = there(answers)
    assert view.find(resource, desired) is None
    forget_calls(view)
    operation = change.compare(resource, desired, None)
    assert operation is not None
    record(view, operation, answer, {}, **more)
    found = view.find(resource, desired)
    assert found is not None
    assert found.id == 30
    return view, found


def with_new(kind: str) -> Turns:
    """The list without, and with, the new object."""
    _resource, _wanted, call, raw, _one = CREATIONS[kind]
    world: Any = WORLD[call]
    return Turns(world, [*world, raw] if isinstance(world, list) else items(*world["items"], raw))


@pytest.mark.parametrize("kind", CREATIONS)
def test_a_creation_that_is_answered_whole_is_read_no_more(kind: str) -> None:
    raw = CREATIONS[kind][3]
    view, found = create(kind, {}, raw)
    assert found.raw == raw
    assert calls(view) == []


@pytest.mark.parametrize("kind", ["user", "template", "admin"])
def test_a_creation_that_is_answered_with_its_id_is_read_alone(kind: str) -> None:
    raw, one = CREATIONS[kind][3:]
    view, _found = create(kind, {one: raw}, {"id": 30})
    assert calls(view) == [one]


@pytest.mark.parametrize("kind", CREATIONS)
@pytest.mark.parametrize("answer", [None, {}, [], "ok", {"id": "30"}, {"id": None}], ids=str)
def test_a_creation_that_is_not_shown_is_read_with_its_list(kind: str, answer: Any) -> None:
    view, _found = create(kind, {CREATIONS[kind][2]: with_new(kind)}, answer)
    assert calls(view) == [CREATIONS[kind][2]]


def test_of_a_list_that_is_read_again_only_what_differs_is_taken_apart() -> None:
    kept, changed, gone = fakes.user(5, "200"), fakes.user(6, "201"), fakes.user(7, "203")
    new = CREATIONS["user"][3]
    turns = Turns(items(kept, changed, gone), items(kept, {**changed, "firstName": "Bob"}, new))
    view = there({users(DEFAULT): turns})
    before = dict(view.listing("user", view.resolve("entity", "default@paris")).items)
    operation = change.compare(USER, NEW_USER, None)
    assert operation is not None
    record(view, operation, None, {})
    after = view.listing("user", view.resolve("entity", "default@paris")).items
    assert set(after) == {5, 6, 30}
    assert after[5] is before[5]
    assert after[6].values["first_name"] == "Bob"
    found = view.find(USER, {"entity": "default@paris", "internal_number": "203"})
    assert found is None


@pytest.mark.parametrize("identity", [None, [1], True])
def test_a_list_that_is_read_again_and_can_not_be_is_not_believed(identity: Any) -> None:
    turns = Turns(items(fakes.user(5, "200")), items({**fakes.user(5, "200"), "id": identity}), WORLD[users(DEFAULT)])
    view = there({users(DEFAULT): turns})
    assert view.find(USER, NEW_USER) is None
    operation = change.compare(USER, NEW_USER, None)
    assert operation is not None
    with pytest.raises(UnexpectedResponse):
        record(view, operation, None, {})
    assert view.find(USER, {"entity": "default@paris", "internal_number": "201"}) is not None


@pytest.mark.parametrize("kind", ["entity", "xivo"])
def test_an_id_does_not_do_where_something_else_is_the_key(kind: str) -> None:
    answers = {CREATIONS[kind][2]: with_new(kind), "GET /xivo/30": CREATIONS[kind][3]}
    view, _found = create(kind, answers, {"id": 30})
    assert calls(view) == [CREATIONS[kind][2] if kind == "entity" else "GET /xivo/30"]


def test_among_many_a_creation_is_read_when_it_is_needed() -> None:
    view, _found = create("user", {users(DEFAULT): with_new("user")}, {"id": 30}, eager=False)
    assert calls(view) == [users(DEFAULT)]


def test_a_creation_that_is_gone_again_is_read_with_its_list() -> None:
    answers = {"GET /users/30": ApiError("gone", 404), users(DEFAULT): with_new("user")}
    view, _found = create("user", answers, {"id": 30})
    assert calls(view) == ["GET /users/30", users(DEFAULT)]


def test_after_a_creation_that_can_not_be_read_nothing_is_believed() -> None:
    """Otherwise whoever tries again would create it a second time."""
    view = there({users(DEFAULT): with_new("user"), "GET /users/30": ApiError("broken", 500)})
    assert view.find(USER, NEW_USER) is None
    operation = change.compare(USER, NEW_USER, None)
    assert operation is not None
    with pytest.raises(ApiError):
        record(view, operation, {"id": 30}, {})
    assert view.find(USER, NEW_USER) is not None


def test_a_list_that_was_never_read_is_not_begun_by_a_creation() -> None:
    view = directory()
    operation = change.compare(USER, NEW_USER, None)
    assert operation is not None
    record(view, operation, CREATIONS["user"][3], {})
    forget_calls(view)
    assert view.find(USER, {"entity": "default@paris", "internal_number": "200"}) is not None
    assert calls(view) == [ENTITIES, users(DEFAULT)]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        pytest.param(fakes.user(5, "200", firstName="Zoe", mail="new"), "new", id="whole"),
        pytest.param({"id": 5}, "", id="id"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_an_edit_is_remembered(answer: Any, shown: str) -> None:
    view, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    operation = edit(USER, zoe, first_name="Zoe")
    record(view, operation, answer, {"firstName": "Zoe", "entityCId": "x"})
    found = view.find(USER, {"entity": "default@paris", "internal_number": "200"})
    assert found is not None
    assert (found.id, found.values["first_name"], found.values["mail"]) == (5, "Zoe", shown)
    assert (found.raw["firstName"], "entityCId" in found.raw) == ("Zoe", False)
    assert zoe.raw["firstName"] == "Zoé"
    assert calls(view) == []


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "nothing"])
def test_a_user_who_moves_is_found_where_he_is_now(whole: bool) -> None:
    view, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    view.listing("user", view.resolve("entity", "sales"))
    forget_calls(view)
    operation = edit(USER, zoe, entity="sales@paris", internal_number="250")
    record(view, operation, fakes.user(5, "250", SALES) if whole else None, {})
    assert view.find(USER, {"entity": "default@paris", "internal_number": "200"}) is None
    assert view.find(USER, {"entity": "default@paris", "internal_number": "250"}) is None
    found = view.find(USER, {"entity": "sales@paris", "internal_number": "250"})
    assert found is not None
    assert found.id == 5
    assert calls(view) == []


def test_a_removal_is_remembered() -> None:
    view, zoe = loaded(USER, {"entity": "default@paris", "internal_number": "200"})
    record(view, removal(USER, zoe), None, {})
    assert view.find(USER, {"entity": "default@paris", "internal_number": "200"}) is None
    assert view.find(USER, {"entity": "default@paris", "internal_number": "201"}) is not None
    assert calls(view) == []


@pytest.mark.parametrize("resource", [TEMPLATE, ADMIN, ENTITY], ids=lambda resource: resource.kind)
def test_a_removal_does_not_cost_the_list(resource: Resource) -> None:
    desired = (
        {"name": "desk", "login": "bob", "xivo": "lyon"}
        if resource is not ENTITY
        else {"name": "default", "xivo": "lyon"}
    )
    view, item = loaded(resource, desired)
    record(view, removal(resource, item), None, {})
    assert view.find(resource, desired) is None
    assert calls(view) == []


Write = Callable[[State], None]


def _settle(resource: Resource, desired: Values, **change: Any) -> Write:
    def write(view: State) -> None:
        item = view.find(resource, desired)
        assert item is not None
        record(view, edit(resource, item, **change) if change else removal(resource, item), None, {})

    return write


def _create(kind: str) -> Write:
    def write(view: State) -> None:
        operation = change.compare(CREATIONS[kind][0], CREATIONS[kind][1], None)
        record(view, operation, CREATIONS[kind][3], {})  # type: ignore[arg-type]

    return write


ZOE = {"entity": "default@paris", "internal_number": "200"}
LYON_ENTITY = {"name": "default", "xivo": "lyon"}
EVERY_LIST = {XIVOS, ENTITIES, TEMPLATES, ADMINS, users(DEFAULT)}


@pytest.mark.parametrize(
    ("write", "again"),
    [
        pytest.param(_create("user"), set(), id="user-created"),
        pytest.param(_settle(USER, ZOE, first_name="Zoe"), {numbers(DEFAULT)}, id="user-changed"),
        pytest.param(_settle(USER, ZOE), {numbers(DEFAULT)}, id="user-removed"),
        pytest.param(_create("template"), set(), id="template-created"),
        pytest.param(_settle(TEMPLATE, {"name": "desk"}, ringing_time=20), set(), id="template-changed"),
        pytest.param(_settle(TEMPLATE, {"name": "desk"}, name="door"), {TEMPLATES}, id="template-renamed"),
        pytest.param(_settle(TEMPLATE, {"name": "desk"}), set(), id="template-removed"),
        pytest.param(_create("entity"), set(), id="entity-created"),
        pytest.param(_settle(ENTITY, LYON_ENTITY, display_name="x"), set(), id="entity-changed"),
        pytest.param(
            _settle(ENTITY, LYON_ENTITY, name="new"),
            {ENTITIES, TEMPLATES, ADMINS, users(DEFAULT)},
            id="entity-renamed",
        ),
        pytest.param(_settle(ENTITY, LYON_ENTITY), {TEMPLATES, ADMINS, users(DEFAULT)}, id="entity-removed"),
        pytest.param(_settle(ENTITY, {"name": "default", "xivo": "paris"}, intervals=[]), {numbers(DEFAULT)},
                     id="entity-of-other-intervals"),
        pytest.param(
            _settle(ENTITY, {"name": "default", "xivo": "paris"}, intervals=[], name="new"),
            {ENTITIES, TEMPLATES, ADMINS, users(DEFAULT), numbers(DEFAULT)},
            id="entity-renamed-and-of-other-intervals",
        ),
        pytest.param(_settle(ADMIN, {"login": "bob"}), set(), id="admin-removed"),
        pytest.param(_create("xivo"), {ENTITIES}, id="xivo-created"),
    ],
)  # fmt: skip
def test_what_is_forgotten_after_a_write(write: Write, again: set[str]) -> None:
    view = directory()
    scope = view.resolve("entity", "default@paris")
    for kind in ("xivo", "entity", "template", "admin"):
        view.listing(kind)
    view.listing("user", scope)
    view.numbers.available(scope)
    write(view)
    forget_calls(view)
    for kind in ("xivo", "entity", "template", "admin"):
        view.listing(kind)
    view.listing("user", scope)
    view.numbers.available(scope)
    assert set(calls(view)) == again


def test_a_number_is_not_given_twice() -> None:
    view = directory()
    assert view.numbers.first_available("default@paris") == "202"
    _create("user")(view)
    with pytest.raises(InputError, match="no available number left"):
        view.numbers.first_available("default@paris")


def test_forgetting_the_list_of_one_scope() -> None:
    view = directory()
    view.prefetch("user", list(view.listing("entity").items.values()))
    view.forget("user", "default@paris")
    forget_calls(view)
    for text in ("default@paris", "sales", "default@lyon"):
        view.listing("user", view.resolve("entity", text))
    assert calls(view) == [users(DEFAULT)]
    view.forget("user")
    forget_calls(view)
    view.listing("user", view.resolve("entity", "sales"))
    assert calls(view) == [users(SALES)]
