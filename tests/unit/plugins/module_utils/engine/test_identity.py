# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom an entry means: where is searched, what only looks alike, what has to be true before something is deleted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, texts
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import Proposal, propose
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SALES,
    TEMPLATES,
    WORLD,
    FakeClient,
    items,
    user,
    users,
)

PEOPLE = {
    users(DEFAULT): items(
        user(5, "200", firstName="Zoé", lastName="D'Arc", ctiLogin="Zoe.Darc"),
        user(6, "201", firstName="Jean-Luc", lastName="Martin"),
    ),
    users(SALES): items(user(7, "200", SALES, firstName="Ann", lastName="Box", ctiLogin="ann")),
    users(LYON_DEFAULT): items(user(8, "200", LYON_DEFAULT, firstName="Bo", lastName="Fox", ctiLogin="bo")),
}
BY_NAME: dict[str, Any] = {"entity": "default@paris", "match_on": "name", "template": "desk"}
BY_LOGIN: dict[str, Any] = {"entity": "default@paris", "match_on": "cti_login", "template": "desk"}
ABSENT: dict[str, Any] = {"entity": "default@paris", "internal_number": "200", "state": "absent"}
ANN: dict[str, Any] = {**BY_NAME, "first_name": "Ann", "last_name": "Box"}


def desk() -> dict[str, Any]:
    answer: Any = WORLD[TEMPLATES]
    return dict(answer[0])


def proposal(kind: str = "user", on: State | None = None, **options: Any) -> Proposal:
    resource = RESOURCES[kind]
    on = on or State(FakeClient({**WORLD, **PEOPLE}))  # type: ignore[arg-type]
    return propose(resource, options, parse(resource, options).checked().desired, on)


def identity(one: Proposal) -> int | None:
    return one.current.id if one.current else None


def test_an_entity_with_an_odd_name_stays_deleted() -> None:
    """Nothing new may be called like that, and what is deleted must not be an error the next time."""
    odd: dict[str, Any] = {"name": "default@lyon", "xivo": "paris"}
    with pytest.raises(InputError, match=r"^name: 'default@lyon' says xivo 'lyon', but xivo is 'paris'$"):
        proposal("entity", **odd)
    again = proposal("entity", **odd, state="absent")
    assert (again.current, again.operation) == (None, None)


def test_an_entity_whose_name_repeats_its_xivo_is_the_one_of_that_name_where_there_is_one() -> None:
    """As an export has it; otherwise it is another way to write the name without."""
    odd: dict[str, Any] = {"name": "sales@paris", "xivo": "paris"}
    assert identity(proposal("entity", **odd)) == SALES["id"]
    called = {**SALES, "id": 30, "name": "sales@paris", "combinedId": "sales@paris@uuid-1"}
    alone, both = ({**WORLD, ENTITIES: items(DEFAULT, *more)} for more in ([called], [SALES, called]))
    for world in (alone, both):
        assert identity(proposal("entity", State(FakeClient(world)), **odd)) == 30  # type: ignore[arg-type]
    gone = {**odd, "state": "absent"}
    deleted = proposal("entity", State(FakeClient({**alone, users(called): items()})), **gone)  # type: ignore[arg-type]
    assert identity(deleted) == 30
    with pytest.raises(InputError, match=r"^name: xivo 'paris' has 'sales' and 'sales@paris'; give the id of one$"):
        proposal("entity", State(FakeClient(both)), **gone)  # type: ignore[arg-type]


# -- where is searched --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "found"),
    [
        pytest.param({**BY_LOGIN, "cti_login": "ann"}, 7, id="a login in the XiVO"),
        pytest.param(
            {**BY_LOGIN, "cti_login": "ann", "search": "entity", "internal_number": "9", "last_name": "X"},
            None,
            id="a login in the entity",
        ),
        pytest.param({**BY_LOGIN, "cti_login": "bo", "search": "everywhere"}, 8, id="a login everywhere"),
        pytest.param({**ANN, "search": "xivo"}, 7, id="a name in the XiVO"),
        pytest.param({**ANN, "internal_number": "9"}, None, id="a name in the entity"),
        pytest.param({**BY_LOGIN, "cti_login": "ann", "state": "absent"}, None, id="absent in the entity"),
        pytest.param({**ANN, "state": "absent", "search": "xivo"}, 7, id="absent in the XiVO"),
    ],
)
def test_where_a_user_is_searched_for(options: dict[str, Any], found: int | None) -> None:
    assert identity(proposal(**options)) == found


def test_somebody_on_another_xivo_is_named_before_another_one_is_created() -> None:
    one = proposal(**BY_LOGIN, cti_login="bo", internal_number="209", last_name="X")
    assert one.operation is not None
    assert one.operation.action == "create"
    assert texts(one.warnings) == [
        "user 200@default@lyon (id 8) has the same cti_login 'bo', and stays; set search: everywhere to move it "
        "instead of creating another one"
    ]


# -- look-alikes --------------------------------------------------------------------------------------------


def test_what_differs_in_case_only_is_the_same() -> None:
    one = proposal(**BY_LOGIN, cti_login="zoe.DARC", last_name="D'Arc")
    assert (identity(one), one.operation) == (5, None)
    assert texts(one.warnings) == [
        "user 'zoe.DARC' was taken to be 'Zoe.Darc' (id 5), which differs in upper and lower case only; write it like "
        "that"
    ]


@pytest.mark.parametrize(("first", "last"), [("Jean Luc", "Martin"), ("Jean-Luc", "Mártin"), ("Jeanluc", "MARTIN")])
def test_what_is_equal_in_letters_and_digits_only_is_an_error(first: str, last: str) -> None:
    with pytest.raises(InputError) as caught:
        proposal(**BY_NAME, first_name=first, last_name=last, internal_number="9")
    assert str(caught.value) == (
        f"user '{first} {last}' not found, but XCI has a similar one: 'Jean-Luc Martin' (id 6). If it is meant, write "
        "it like that, or give its id; if there are to be both, list both in one document or identify the new one with "
        "match_on by another option"
    )


def test_several_that_differ_in_case_only_are_an_error() -> None:
    people = items(user(5, "200", ctiLogin="ZOE"), user(6, "201", ctiLogin="Zoe"))
    state = State(FakeClient({**WORLD, users(DEFAULT): people, users(SALES): items()}))  # type: ignore[arg-type]
    assert identity(proposal(on=state, **BY_LOGIN, cti_login="ZOE")) == 5
    with pytest.raises(InputError, match=r"^user 'zoe' not found, but XCI has several: 'ZOE' .id 5., 'Zoe' .id 6.. If"):
        proposal(on=state, **BY_LOGIN, cti_login="zoe")


@pytest.mark.parametrize("last", ["martin", "Mártin"])
def test_nothing_is_deleted_that_only_looks_alike(last: str) -> None:
    one = proposal(entity="default@paris", match_on="name", first_name="Jean-Luc", last_name=last, state="absent")
    assert (one.current, one.operation) == (None, None)
    assert texts(one.warnings) == [
        f"user 'Jean-Luc {last}' not found, nothing was deleted; XCI has 'Jean-Luc Martin' (id 6): write it like that "
        "if it is meant"
    ]


def test_numbers_have_no_look_alikes() -> None:
    one = proposal(**{**ABSENT, "internal_number": "0200"})
    assert (one.current, one.warnings) == (None, [])


def test_names_without_a_letter_are_not_alike() -> None:
    plus: dict[str, Any] = {**desk(), "id": 44, "name": "+++"}
    state = State(FakeClient({**WORLD, TEMPLATES: [plus]}))  # type: ignore[arg-type]
    one = proposal("template", state, name="---")
    assert one.operation is not None
    assert one.operation.action == "create"


@pytest.mark.parametrize(("kind", "name", "existing"), [("template", "name", "desk"), ("admin", "login", "bob")])
def test_each_kind_has_look_alikes(kind: str, name: str, existing: str) -> None:
    one = proposal(kind, None, **{name: existing.upper()})
    assert identity(one) is not None
    assert str(one.warnings[0]).startswith(f"{kind} '{existing.upper()}' was taken to be '{existing}' (id ")
    with pytest.raises(InputError, match=r"if there are to be both, list both in one document$"):
        proposal(kind, None, **{name: ".".join(existing)})


# -- what has to be true before something is deleted --------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"first_name": "Anne"}, "first_name is 'Zoé', not 'Anne'"),
        ({"last_name": ""}, "last_name is \"D'Arc\", not ''"),
        (
            {"first_name": "Anne", "cti_login": "anne"},
            "cti_login is 'Zoe.Darc', not 'anne'; first_name is 'Zoé', not 'Anne'",
        ),
    ],
)
def test_what_is_said_must_be_true_before_somebody_is_deleted(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InputError) as caught:
        proposal(**ABSENT, **said)
    assert str(caught.value) == (
        f"user 200@default@paris (id 5) is not as described, and was not deleted: {wrong}. Give what is true of it, or "
        "omit it"
    )


@pytest.mark.parametrize(
    ("kind", "options", "wrong"),
    [
        ("admin", {"login": "bob", "name": "Someone Else"}, "name is '', not 'Someone Else'"),
        (
            "entity",
            {"name": "sales", "xivo": "paris", "display_name": "Comptabilité", "force": True},
            "display_name is 'sales', not 'Comptabilité'",
        ),
        (
            "entity",
            {"id": 18, "presented_number": "0123", "force": True},
            "presented_number is 'inbNo', not '0123'",
        ),
    ],
)
def test_what_describes_an_object_must_be_true_as_well(kind: str, options: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InputError) as caught:
        proposal(kind, **options, state="absent")
    assert f"and was not deleted: {wrong}. Give what is true of it" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options", "found"),
    [
        ("admin", {"login": "bob", "name": "", "super_admin": True, "entities": ["gone"]}, 9),
        (
            "entity",
            {
                "name": "sales",
                "xivo": "paris",
                "display_name": "Sales",
                "intervals": ["1-9"],
                "presented_number": "inbno",
            },
            18,
        ),
        ("template", {"name": "desk", "ringing_time": 1}, 3),
    ],
)
def test_settings_need_not_be_true_for_that(kind: str, options: dict[str, Any], found: int) -> None:
    more: dict[str, Any] = {"force": True} if kind == "entity" else {}
    assert identity(proposal(kind, **options, **more, state="absent")) == found


@pytest.mark.parametrize(
    ("name", "said", "is_true"),
    [
        ("default-exchange-1", "default", True),
        ("default-exchange-12", "default", True),
        ("default-exchange-1", "sales", False),
        ("default-1", "default", False),
        ("default-exchange-", "default", False),
        (f"{'d' * 28}-exchange-1", "d" * 39, True),
    ],
)
def test_an_object_still_has_the_name_that_it_was_to_exchange(name: str, said: str, is_true: bool) -> None:
    """An exchange that was broken off leaves a temporary name."""
    state = State(FakeClient({**WORLD, ENTITIES: items({**DEFAULT, "name": name}), users(DEFAULT): items()}))  # type: ignore[arg-type]
    options = {"id": 17, "name": said, "xivo": "paris", "state": "absent"}
    if is_true:
        assert identity(proposal("entity", state, **options)) == 17
    else:
        with pytest.raises(InputError, match=f"name is '{name}', not '{said}'"):
            proposal("entity", state, **options)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"first_name": "ZOE", "last_name": "d'arc", "cti_login": "zoe.darc"},
        {"first_name": " Zoé", "template": "gone"},
    ],
)
def test_case_accents_and_blanks_do_not_matter_for_that(said: dict[str, Any]) -> None:
    assert identity(proposal(**ABSENT, **said)) == 5


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"internal_number": "201"}, "internal_number is '200', not '201'"),
        ({"entity": "sales@paris"}, "entity is 'default@paris', not 'sales@paris'"),
    ],
)
def test_it_must_be_true_of_an_object_with_an_id_too(said: dict[str, Any], wrong: str) -> None:
    state = State(FakeClient({**WORLD, **PEOPLE, "GET /users/5": user(5, "200")}))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=wrong):
        proposal("user", state, id=5, state="absent", **said)


# -- what was probably meant ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "wanted", "meant"),
    [
        ("user", BY_LOGIN | {"cti_login": "zoe.drac"}, "zoe.drac", "user 200@default@paris (Zoé D'Arc)"),
        (
            "user",
            BY_NAME | {"last_name": "Jean-Luc Marten"},
            "Jean-Luc Marten",
            "user 201@default@paris (Jean-Luc Martin)",
        ),
        ("admin", {"login": "addmin"}, "addmin", "admin admin"),
        ("entity", {"name": "defualt", "xivo": "lyon"}, "defualt", "entity default@lyon"),
        ("template", {"name": "dessk"}, "dessk", "template desk"),
    ],
)
def test_a_mistyped_name_with_absent_is_ok_with_a_hint(
    kind: str, options: dict[str, Any], wanted: str, meant: str
) -> None:
    found = proposal(kind, **options, state="absent")
    assert (identity(found), found.operation) == (None, None)
    assert list(map(str, found.warnings)) == [
        f"{kind} {wanted!r} not found, nothing was deleted; did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"entity": "default@paris", "internal_number": "202"}, id="a number is next to others"),
        pytest.param({"entity": "default@paris", "match_on": "cti_login", "cti_login": "zoe.darc2"}, id="other digits"),
        pytest.param({"entity": "default@paris", "match_on": "cti_login", "cti_login": "marie"}, id="nobody like that"),
        pytest.param({"entity": "default@paris", "match_on": "cti_login", "cti_login": "an"}, id="in another entity"),
    ],
)
def test_who_is_gone_is_gone_without_a_hint(options: dict[str, Any]) -> None:
    found = proposal(**options, state="absent")
    assert (identity(found), found.warnings) == (None, [])


def test_an_entity_of_another_xivo_is_not_meant() -> None:
    assert proposal("entity", name="saless", xivo="lyon", state="absent").warnings == []


def test_after_many_names_there_are_no_more_hints() -> None:
    on = State(FakeClient({**WORLD, **PEOPLE}))  # type: ignore[arg-type]
    names = [f"Jean-Luc Mart{'e' * number}n" for number in range(2, 40)]
    hints = [proposal(on=on, **BY_NAME | {"first_name": name, "state": "absent"}).warnings for name in names]
    assert hints[0]
    assert not any(hints[20:])
