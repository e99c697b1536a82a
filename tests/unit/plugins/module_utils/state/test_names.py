# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: what people write for an object, and what XCI takes for it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import UnknownReference
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ENTITY, TEMPLATE, USER
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    LYON,
    LYON_DEFAULT,
    PARIS,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    items,
)


def world(answers: dict[str, Any] | None = None) -> State:
    return State(FakeClient({**WORLD, **(answers or {})}))  # type: ignore[arg-type]


def calls(state: State) -> list[str]:
    assert isinstance(state.client, FakeClient)
    return state.client.calls


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
    assert world().resolve(kind, text).id == identity


def test_a_name_comes_before_an_id() -> None:
    state = world({XIVOS: items(fakes.xivo(1, "2"), fakes.xivo(2, "lyon"))})
    assert state.resolve("xivo", "2").id == 1


def test_an_entity_on_a_xivo_comes_before_a_name_with_an_at() -> None:
    odd = fakes.entity(40, "default@lyon", PARIS)
    assert world({ENTITIES: items(odd, LYON_DEFAULT)}).resolve("entity", "default@lyon").id == 27


@pytest.mark.parametrize(
    ("kind", "text", "message"),
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
def test_what_names_nothing_or_several(kind: str, text: str, message: str) -> None:
    with pytest.raises(UnknownReference, match=f"^{re.escape(message)}"):
        world().resolve(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        ("entity", "Pédiatrie et néonatalogie", "sales@paris"),
        ("entity", "PEDIATRIE ET NEONATALOGIE", "sales@paris"),
        ("entity", "pediatrie et neonatologie", "sales@paris"),
        ("entity", "SALES@Paris", "sales@paris"),
        ("template", "DESK", "desk"),
        ("template", "dèsk ", "desk"),
        ("xivo", "LYON", "lyon"),
    ],
)
def test_another_case_other_accents_and_display_names_are_understood(kind: str, text: str, meant: str) -> None:
    entities = items(DEFAULT, {**fakes.SALES, "displayName": "Pédiatrie et néonatalogie"}, LYON_DEFAULT)
    with pytest.raises(UnknownReference, match=f"not found; did you mean {meant}\\?$"):
        world({ENTITIES: entities}).resolve(kind, text)


def test_objects_with_the_same_display_name_are_all_proposed() -> None:
    entities = items(*({**one, "displayName": "Accueil général"} for one in (DEFAULT, LYON_DEFAULT)))
    with pytest.raises(UnknownReference, match=r"did you mean default@lyon or default@paris\?$"):
        world({ENTITIES: entities}).resolve("entity", "accueil general")


def test_after_many_names_that_stand_for_nothing_there_are_no_more_hints() -> None:
    state = world()
    shown = []
    for number in range(30):
        with pytest.raises(UnknownReference) as caught:
            state.resolve("template", f"desk{number}")
        shown.append(str(caught.value))
    assert shown[0] == "template 'desk0' not found; did you mean desk?"
    assert shown[19].endswith("did you mean desk?")
    assert shown[20] == "template 'desk20' not found"


def test_what_names_nothing_where_there_is_nothing() -> None:
    with pytest.raises(UnknownReference, match=r"^template 'x' not found; XCI shows no templates to this login$"):
        world({TEMPLATES: []}).resolve("template", "x")


def test_many_candidates_are_not_all_shown() -> None:
    many = [fakes.template(n, f"model {n:02}", xivos=[], entities=[]) for n in range(1, 20)]
    with pytest.raises(UnknownReference, match=r"XCI has model 01, (model \d\d, ){8}model 10 and 9 more$"):
        world({TEMPLATES: many}).resolve("template", "zz")


def test_at_most_three_are_proposed() -> None:
    many = [fakes.template(n, f"a rather long name with zz in it {n}", xivos=[], entities=[]) for n in range(1, 6)]
    with pytest.raises(UnknownReference) as caught:
        world({TEMPLATES: many}).resolve("template", "zz")
    proposed = " or ".join(f"a rather long name with zz in it {n}" for n in (1, 2, 3))
    assert str(caught.value) == f"template 'zz' not found; did you mean {proposed}?"


def test_all_that_a_name_may_stand_for() -> None:
    state = world()
    named = {text: [item.id for item in state.named("entity", text)] for text in ("default", "sales@paris", "zz")}
    assert named == {"default": [17, 27], "sales@paris": [18], "zz": []}


def test_labels_of_objects_with_the_same_name() -> None:
    twins = [fakes.template(3, "desk"), fakes.template(4, "desk"), fakes.template(5, "door")]
    state = world({TEMPLATES: twins})
    labels = [state.label_of(TEMPLATE, item) for item in state.listing("template").items.values()]
    assert labels == ["3", "4", "door"]
    with pytest.raises(UnknownReference, match=r"^template 'desk' is ambiguous; give one of: 3, 4$"):
        state.resolve("template", "desk")
    assert state.resolve("template", "4").id == 4


TWIN = fakes.xivo(2, "paris")
TWINS = {XIVOS: items(PARIS, TWIN), ENTITIES: items(DEFAULT, fakes.entity(27, "sales", TWIN))}


@pytest.mark.parametrize("first", ["xivo", "entity"])
def test_labels_on_xivos_of_the_same_name_whatever_is_read_first(first: str) -> None:
    """Taken for two objects, one entity would be created a second time."""
    state = world(TWINS)
    state.listing(first)
    desired = state.with_labels(ENTITY, {"name": "default", "xivo": "uuid-1"})
    assert desired == {"name": "default", "xivo": "uuid-1"}
    found = state.find(ENTITY, desired)
    assert found is not None
    assert found.id == 17
    assert state.find(ENTITY, {"name": "default", "xivo": "uuid-2"}) is None


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
    assert world().label(kind, element) == label


def test_an_object_that_is_shown_whole_costs_no_list() -> None:
    state = world()
    assert state.label("entity", LYON_DEFAULT) == "default@lyon"
    assert state.label("entity", 27) == "default@lyon"
    assert calls(state) == []
    state.label("entity", 22)
    assert calls(state) == [ENTITIES]


def test_an_object_that_is_in_no_list_is_called_by_what_xci_takes_for_it() -> None:
    hidden = fakes.entity(99, "hidden")
    state = world()
    state.listing("entity")
    assert state.label("entity", hidden, "combined_id") == "hidden@uuid-1"
    assert state.label("entity", hidden, "id") == "99"
    assert state.key("entity", "hidden@uuid-1", "combined_id") == "hidden@uuid-1"
    assert state.key("entity", "99", "id") == 99


@pytest.mark.parametrize("element", [True, None, 1.5, [], {}, {"id": None}, {"id": True}], ids=str)
def test_what_is_no_reference(element: Any) -> None:
    with pytest.raises(ValueError, match=r"^expected a reference to a entity$"):
        world().label("entity", element)


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
    assert world().key(kind, label, field) == key


def test_the_id_of_a_name_that_means_nothing() -> None:
    with pytest.raises(UnknownReference, match=r"^xivo 'nowhere' not found"):
        world().key("xivo", "nowhere", "id")


def test_desired_references_become_labels() -> None:
    state = world()
    desired = {"name": "x", "xivos": ["2", "lyon", "uuid-1"], "entities": ["sales", "default@uuid-1"]}
    assert state.with_labels(TEMPLATE, desired) == {
        "name": "x",
        "xivos": ["lyon", "paris"],
        "entities": ["default@paris", "sales@paris"],
    }
    assert desired["xivos"] == ["2", "lyon", "uuid-1"]


def test_what_is_write_only_is_left_until_there_is_a_write() -> None:
    state = world()
    desired = {"entity": "sales", "template": "3"}
    assert state.with_labels(USER, desired) == {"entity": "sales@paris", "template": "3"}
    assert calls(state) == [ENTITIES]
    assert state.with_labels(USER, desired, write_only=True) == {"entity": "sales", "template": "desk"}


def test_a_desired_reference_that_means_nothing_names_its_option() -> None:
    with pytest.raises(UnknownReference) as caught:
        world().with_labels(TEMPLATE, {"name": "x", "entities": ["sales", "zz"]})
    assert str(caught.value).startswith("entities: entity 'zz' not found; XCI has ")
