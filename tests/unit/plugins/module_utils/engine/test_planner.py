# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole document: what is planned for it, what is wrong with it and where, and what a purge deletes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.engine.losses import alike_losses, losses_of
from ansible_collections.xivo.xci.plugins.module_utils.engine.plan import as_entry, summary
from ansible_collections.xivo.xci.plugins.module_utils.engine.planner import (
    KINDS,
    PURGEABLE,
    Planner,
    defaults_in,
)
from ansible_collections.xivo.xci.plugins.module_utils.model.change import DELETE
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import index_place
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SALES,
    SETTINGS,
    TEMPLATES,
    WORLD,
    FakeClient,
    items,
    numbers,
    users,
)

ZOE = {"entity": "default@paris", "internal_number": "200"}
ANN = {"entity": "default@paris", "internal_number": "201"}
NEW = {"entity": "default@paris", "internal_number": "251"}
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "internal_number": "250"}
FRESH = {"name": "fresh", "xivo": "paris", "intervals": [{"start": "300", "end": "399"}]}


class Plan:
    """What is planned for a document on the world of fakes."""

    def __init__(
        self,
        document: dict[str, Any],
        purge: tuple[str, ...] = (),
        answers: dict[str, Any] | None = None,
        own: str = "admin",
        defaults: Any = None,
        **more: Any,
    ) -> None:
        self.client = FakeClient({**WORLD, **(answers or {})})
        self.client.settings = Settings(SETTINGS.url, own, "made-up")
        self.planner = Planner(PlannedState(State(self.client)), 2, defaults or {})  # type: ignore[arg-type]
        raised: InputError | None = None
        try:
            self.planner.plan(document, list(purge), **more)
        except InputError as error:
            raised = error
        self.error = str(raised or "")
        assert (raised.problems if raised else None) == (self.planner.problems or None)
        assert self.client.writes == []

    @property
    def operations(self) -> list[str]:
        return list(map(str, self.planner.operations))

    @property
    def deleted(self) -> list[str]:
        return [f"{one.resource.kind} {one.key}" for one in self.planner.operations if one.action == DELETE]

    @property
    def problems(self) -> list[str]:
        return list(map(str, self.planner.problems))

    @property
    def warnings(self) -> list[str]:
        return list(map(str, self.planner.warnings))


# -- what is planned ----------------------------------------------------------------------------------------


def test_the_kinds_of_a_document() -> None:
    assert KINDS == ("xivos", "entities", "templates", "users", "admins")
    assert PURGEABLE == ("entities", "templates", "users", "admins")


@pytest.mark.parametrize("document", [{}, {"users": []}, {"users": None}, dict.fromkeys(KINDS)], ids=str)
def test_an_empty_document_needs_nothing(document: dict[str, Any]) -> None:
    plan = Plan(document)
    assert (plan.operations, plan.error, plan.client.calls) == ([], "", [])


def test_entries_build_on_each_other() -> None:
    document = {
        "xivos": [{"name": "nice", "host": "192.0.2.30"}],
        "entities": [{**FRESH, "xivo": "nice"}],
        "templates": [{"name": "door", "xivos": ["nice"], "entities": []}],
        "users": [{"entity": "fresh@nice", "template": "door", "first_name": "Bo", "match_on": "name"}],
        "admins": [{"login": "eve", "ldap": True, "entities": ["fresh@nice"]}],
    }
    plan = Plan(document)
    assert plan.error == ""
    assert plan.operations == [
        "create xivo nice",
        "create entity fresh@nice",
        "create template door",
        "create user 300@fresh@nice",
        "create admin eve",
    ]
    assert [write.action for write in plan.planner.planned] == ["create"] * 5
    assert all(write.id < 0 for write in plan.planner.planned)


def test_what_is_as_desired_is_counted() -> None:
    plan = Plan({"users": [ZOE, {**ANN, "first_name": "Anne"}], "templates": [{"name": "desk"}]})
    assert plan.operations == ["update user 201@default@paris"]
    assert plan.planner.unchanged == {"user": 1, "template": 1}
    assert summary(plan.planner.operations, plan.planner.unchanged) == {
        "xivo": {"create": 0, "update": 0, "delete": 0, "unchanged": 0},
        "entity": {"create": 0, "update": 0, "delete": 0, "unchanged": 0},
        "template": {"create": 0, "update": 0, "delete": 0, "unchanged": 1},
        "user": {"create": 0, "update": 1, "delete": 0, "unchanged": 1},
        "admin": {"create": 0, "update": 0, "delete": 0, "unchanged": 0},
    }


def test_what_leaves_goes_last_and_the_other_way_round() -> None:
    gone = {"state": "absent"}
    document = {
        "entities": [{"name": "default", "xivo": "lyon", "force": True, **gone}],
        "templates": [{"name": "door", **gone}],
        "users": [{**ZOE, **gone}, {**BO, "template": "desk"}],
    }
    plan = Plan(document, answers={TEMPLATES: [fakes.template(3, "desk"), fakes.template(4, "door")]})
    assert plan.error == ""
    assert plan.operations == [
        "create user 250@default@paris",
        "delete user 200@default@paris",
        "delete template door",
        "delete user 200@default@lyon",
        "delete entity default@lyon",
    ]


def test_what_is_in_something_that_is_gone_is_gone_as_well() -> None:
    gone = {"state": "absent"}
    document = {
        "entities": [{"name": "old", "xivo": "paris", **gone}],
        "users": [{"entity": "old@paris", "internal_number": "1", **gone}],
    }
    plan = Plan(document)
    assert (plan.operations, plan.error) == ([], "")
    # Somebody who is to be there needs an entity that is.
    assert "entity 'old@paris' not found" in Plan({**document, "users": [{**BO, "entity": "old@paris"}]}).error


WHO_IS_201 = "users[1]: nothing was deleted, since this is the user that is defined at users[0]"


@pytest.mark.parametrize(
    ("number", "gone", "present", "operations", "warnings"),
    [
        pytest.param("201", "201", ("200", "201"), ["update user 200@default@paris", "delete user 201@default@paris"],
                     [], id="a-number-is-handed-on"),
        pytest.param("201", "201", ("200", ""), ["update user 200@default@paris"], [WHO_IS_201], id="broken-off"),
        pytest.param("201", "201", ("201", ""), [], [WHO_IS_201], id="again"),
        pytest.param("290", "200", ("200", "201"), ["update user 200@default@paris"], [], id="a-number-is-given-up"),
        pytest.param("290", "200", ("290", "201"), [], [], id="given-up-again"),
    ],
)  # fmt: skip
def test_who_is_to_be_deleted_is_who_has_the_number_before(
    number: str, gone: str, present: tuple[str, str], operations: list[str], warnings: list[str]
) -> None:
    """Whatever else the document plans; so a run that was broken off can be finished, and the next one has no work."""
    raws = [fakes.user(identity, one) for identity, one in zip((5, 6), present, strict=True) if one]
    entries = [{"id": 5, "internal_number": number}, {**ZOE, "internal_number": gone, "state": "absent"}]
    plan, other = (Plan({"users": some}, answers={users(DEFAULT): items(*raws)}) for some in (entries, entries[::-1]))
    assert (plan.error, plan.operations, plan.warnings) == ("", operations, warnings)
    assert (other.error, other.operations) == ("", operations)


@pytest.mark.parametrize(
    ("more", "problems", "warnings"),
    [
        pytest.param([{"id": 5, "internal_number": "201"}], [], [WHO_IS_201], id="somebody-of-the-document"),
        pytest.param([ANN], ["users[1]: duplicate: already defined at users[0]"], [], id="the-same-name"),
        pytest.param([], ["users[0]: user 201@default@paris (id 5) is not as described, and was not deleted: last_name "
                          "is \"D'Arc\", not 'Martin'. Give what is true of it, or omit it"], [], id="nobody-else"),
    ],
)  # fmt: skip
def test_whose_number_somebody_else_has_since_the_last_run_is_gone(
    more: list[dict[str, Any]], problems: list[str], warnings: list[str]
) -> None:
    """Who is to be deleted is described by his name; so the same document can be applied again."""
    gone = {**ANN, "last_name": "Martin", "state": "absent"}
    plan = Plan({"users": [*more, gone]}, answers={users(DEFAULT): items(fakes.user(5, "201"))})
    assert (plan.operations, plan.problems, plan.warnings) == ([], problems, warnings)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({**BO, "last_name": "Martin"}, id="somebody-new"),
        pytest.param({**ZOE, "template": "desk", "first_name": "Bo", "last_name": "Martin"}, id="somebody-renamed"),
    ],
)
def test_who_is_found_by_name_must_be_the_only_one_afterwards(other: dict[str, Any]) -> None:
    """Else the next run would not know whom the document means."""
    bo = {"entity": "default@paris", "match_on": "name", "first_name": "Bo", "last_name": "Martin", "template": "desk"}
    namesake = {**bo, "internal_number": "260"}
    plan = Plan({"users": [namesake, other]}, answers={numbers(DEFAULT): items("260")})
    (problem,) = plan.problems
    assert problem.startswith("users[0]: after this, several users have first_name, last_name 'Bo Martin': ")
    assert "260@default@paris (to be created)" in problem
    assert Plan({"users": [namesake]}).error == ""


def test_an_entity_that_is_to_be_deleted_can_hand_its_name_on() -> None:
    named = {"name": "default", "xivo": "paris"}
    document = {"entities": [{"id": 18, **named}, {**named, "state": "absent", "force": True}]}
    plan = Plan(document)
    assert plan.error == ""
    assert plan.operations[0] == "update entity sales@paris"
    assert [one.before["id"] for one in plan.planner.operations] == [18, 5, 6, 17]


LEFT = {**DEFAULT, "name": "default-exchange-1"}
LONG = "d" * 30
WHO_IS_DEFAULT = "entities[1]: nothing was deleted, since this is the entity that is defined at entities[0]"


def left_by_a_break(
    *present: dict[str, Any], name: str = "default", more: tuple[dict[str, Any], ...] = (), **document: Any
) -> Plan:
    """Return what is planned where an entity is to be deleted that hands its name on, and some are *present*."""
    named = {"name": name, "xivo": "paris"}
    gone = {**named, "state": "absent", "force": True}
    lists = {users(one): items() for one in present}
    answers = {ENTITIES: items(*present, LYON_DEFAULT), **lists, users(DEFAULT): WORLD[users(DEFAULT)]}
    return Plan({"entities": [{"id": 18, **named}, gone, *more], **document}, answers=answers)


@pytest.mark.parametrize("name", ["sales", "default"], ids=["not-yet-renamed", "renamed"])
def test_an_entity_that_a_break_left_with_a_temporary_name_is_deleted(name: str) -> None:
    """It is the one that had the name before another one got it, in the run that broke off."""
    plan = left_by_a_break(LEFT, {**SALES, "name": name})
    assert (plan.error, plan.warnings) == ("", [])
    assert [one.before["id"] for one in plan.planner.operations] == ([18] if name == "sales" else []) + [5, 6, 17]


@pytest.mark.parametrize(
    "left",
    [
        pytest.param({**LEFT, "name": "default-exchange-"}, id="another-name"),
        pytest.param({**LEFT, "name": "sales-exchange-1"}, id="of-another-name"),
        pytest.param({**LYON_DEFAULT, "id": 17, "name": "default-exchange-1"}, id="in-another-xivo"),
    ],
)
def test_nothing_else_is_taken_for_what_a_break_left(left: dict[str, Any]) -> None:
    plan = left_by_a_break(left, {**SALES, "name": "default"})
    assert (plan.error, plan.operations, plan.warnings) == ("", [], [WHO_IS_DEFAULT])


def test_the_one_with_the_name_itself_is_deleted_beside_one_with_a_temporary_name() -> None:
    plan = left_by_a_break(DEFAULT, SALES, {**LEFT, "id": 20})
    assert (plan.error, plan.warnings) == ("", [])
    assert plan.deleted[-1] == "entity default@paris"
    assert 20 not in [one.before["id"] for one in plan.planner.operations]


def test_an_entity_with_a_temporary_name_stays_where_the_document_lists_it() -> None:
    for listed in ({"id": 17}, {"name": LEFT["name"], "xivo": "paris"}):
        plan = left_by_a_break(LEFT, {**SALES, "name": "default"}, more=(listed,))
        assert (plan.error, plan.operations, plan.warnings) == ("", [], [WHO_IS_DEFAULT])


def test_an_entity_with_a_temporary_name_stays_where_the_document_refers_to_it() -> None:
    admins = [{"login": "bob", "entities": ["default-exchange-1@paris"]}]
    plan = left_by_a_break(LEFT, {**SALES, "name": "default"}, admins=admins)
    assert plan.problems == ["entities[1]: not deleted, since the document refers to it: admin bob"]


def test_a_name_that_nobody_gets_is_not_looked_for_among_temporary_ones() -> None:
    entry = {"name": "default", "xivo": "paris", "state": "absent", "force": True}
    plan = Plan({"entities": [entry]}, answers={ENTITIES: items(LEFT, SALES, LYON_DEFAULT), users(DEFAULT): items()})
    assert (plan.error, plan.operations) == ("", [])


@pytest.mark.parametrize(
    ("name", "left"),
    [
        pytest.param("default", ["default-exchange-1", "default-exchange-2"], id="several"),
        pytest.param(LONG, [f"{'d' * 28}-exchange-1"], id="a-name-that-was-cut"),
    ],
)
def test_what_may_be_left_by_a_break_is_named_where_that_is_not_certain(name: str, left: list[str]) -> None:
    items_left = [{**DEFAULT, "id": identity, "name": one} for identity, one in zip((17, 20), left, strict=False)]
    plan = left_by_a_break(*items_left, {**SALES, "name": name}, name=name)
    names = ", ".join(f"entity {one['name']}@paris (default) (id {one['id']})" for one in items_left)
    text = f"the one to be deleted may be {names}, left by a run that broke off; give its id in that case"
    assert (plan.error, plan.operations) == ("", [])
    assert plan.warnings == [f"entities[1]: {text}", WHO_IS_DEFAULT]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([ZOE, {**ZOE, "state": "absent"}], id="one-on-xci"),
        pytest.param([BO, {**ZOE, "internal_number": "250", "state": "absent"}], id="a-new-one"),
        pytest.param([ZOE, {"id": 5, "state": "absent"}], id="by-the-id"),
    ],
)
def test_who_is_to_be_there_is_not_to_be_deleted(entries: list[dict[str, Any]]) -> None:
    plan = Plan({"users": entries})
    assert plan.problems == ["users[1]: duplicate: already defined at users[0]"]


def test_an_entry_does_not_refer_to_what_another_one_deletes() -> None:
    gone = {"state": "absent"}
    document = {
        "entities": [{"name": "sales", "xivo": "paris", "force": True, **gone}],
        "templates": [{"name": "desk", **gone}, {"name": "door", "entities": ["sales@paris"]}],
        "users": [{**ANN, "template": "desk"}, {**ZOE, "template": "desk", **gone}],
        "admins": [{"login": "bob", "entities": ["sales", "default@lyon"], "password": "made-up"}],
    }
    assert Plan(document, answers={"LOGIN bob made-up": True}).problems == [
        "templates[0]: not deleted, since the document refers to it: user 201@default@paris",
        "entities[0]: not deleted, since the document refers to it: template door, admin bob",
    ]


def test_a_new_entity_can_have_the_name_of_one_that_is_deleted_and_be_referred_to() -> None:
    new = {"name": "sales", "xivo": "paris"}
    document = {
        "entities": [{"id": 18, "state": "absent", "force": True}, {"id": 17, **new}],
        "admins": [{"login": "bob", "entities": ["sales@paris"], "password": "made-up", "update_password": "always"}],
    }
    assert Plan(document).error == ""


def test_the_lists_of_all_scopes_are_read_once() -> None:
    document = {"users": [ZOE, ANN, {**ZOE, "entity": "sales"}, {**ZOE, "entity": "default@lyon"}]}
    plan = Plan(document)
    assert plan.client.calls[0] == ENTITIES
    assert sorted(plan.client.calls[1:]) == sorted([users(DEFAULT), users(SALES), users(LYON_DEFAULT)])


def test_an_operation_of_a_plan_for_a_person() -> None:
    (operation,) = Plan({"users": [{**ANN, "first_name": "Anne"}]}).planner.operations
    assert as_entry(operation) == {
        "action": "update",
        "kind": "user",
        "key": "201@default@paris",
        "name": "Ann D'Arc",
        "changes": {"first_name": {"before": "Ann", "after": "Anne"}},
        "sends": {},
    }


# -- what is wrong ------------------------------------------------------------------------------------------


def test_where_an_entry_is() -> None:
    assert index_place("users", 5) == "users[5]"


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param({"users": [7]}, ["users[0]: expected a mapping of options, got a value of type int"], id="number"),
        pytest.param(
            {"users": [ZOE, ["x"]]}, ["users[1]: expected a mapping of options, got a list of 1"], id="not-a-mapping"
        ),
        pytest.param(
            {"users": [{**ZOE, "frist_name": "x"}, {**ZOE, "internal_number": "12a"}]},
            [
                "users[0].frist_name: unsupported option; did you mean first_name?",
                "users[1].internal_number: invalid value: '12a' is not a number in digits",
            ],
            id="options",
        ),
        pytest.param(
            {"users": [ZOE, {"entity": "default@paris"}]},
            ["users[1]: missing required option: internal_number (or id), to find the user"],
            id="identity",
        ),
        pytest.param(
            {"admins": [{"login": "eve", "entities": ["nowhere"]}]},
            ["admins[0].entities: entity 'nowhere' not found; "],
            id="reference",
        ),
        pytest.param(
            {"admins": [{"login": "eve"}]},
            ["admins[0]: missing required option: password (needed to create admin eve, because ldap is false)"],
            id="missing-password",
        ),
        pytest.param(
            {"users": [{**BO, "entity": "default@lyon"}]},
            ["users[0].template: template desk is not available to entity default@lyon, only to paris, default@paris"],
            id="conflict",
        ),
        pytest.param(
            {"users": [ZOE, {**ZOE, "first_name": "Zoe"}]}, ["users[1]: duplicate: already defined at users[0]"],
            id="twice",
        ),
        pytest.param(
            {"users": [BO, BO]}, ["users[1]: duplicate: already defined at users[0]"], id="a-creation-twice"
        ),
        pytest.param(
            {"users": [ZOE, {"id": 5, "first_name": "Zoe"}]}, ["users[1]: duplicate: already defined at users[0]"],
            id="twice-by-id",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(document: dict[str, Any], problems: list[str]) -> None:
    plan = Plan(document)
    assert len(plan.problems) == len(problems)
    assert all(shown.startswith(expected) for shown, expected in zip(plan.problems, problems, strict=True))
    assert plan.error == "; ".join(plan.problems)


def test_what_can_be_given_once_for_all_is_said_once() -> None:
    plan = Plan({"users": [{**BO, "template": None, "internal_number": str(number)} for number in range(220, 240)]})
    assert len(plan.problems) == 20
    missing = "users[0]: missing required option: template (needed to create user 220@default@paris); users[1]: "
    assert plan.error.startswith(missing)
    remedy = "and 17 more like these; set default_template for all users without template (20 in all)"
    assert plan.error.endswith(f"user 222@default@paris); {remedy}")
    assert plan.error.count("default_template") == 1


def test_a_problem_is_located_as_data() -> None:
    document = {"users": [ZOE, {**ZOE, "first_name": True}], "admins": [{"login": "eve", "entities": ["zz"]}]}
    plan = Plan(document, place=lambda plural, index: f"{plural}.yml line {index + 2}")
    assert [(one.kind, one.index, one.option, one.place) for one in plan.planner.problems] == [
        ("user", 1, "first_name", "users.yml line 3"),
        ("admin", 0, "entities", "admins.yml line 2"),
    ]
    assert plan.problems[0].startswith(
        "users.yml line 3: first_name: invalid value: True is not text; put it in quotes"
    )


def test_all_problems_are_reported_together_and_the_rest_is_planned() -> None:
    document = {
        "templates": [{"name": "desk", "ringing_time": "long"}, {"name": "new"}],
        "users": [{**ZOE, "x": 1}, BO],
    }
    plan = Plan(document)
    assert [one.place for one in plan.planner.problems] == ["templates[0]", "users[0]"]
    assert plan.operations == ["create template new", "create user 250@default@paris"]


@pytest.mark.parametrize(
    "entity",
    [
        pytest.param({**FRESH, "display_name": True}, id="can-not-be-read"),
        pytest.param({"name": "fresh", "xivo": "nowhere"}, id="can-not-be-planned"),
    ],
)
def test_one_problem_is_reported_once(entity: dict[str, Any]) -> None:
    """What refers to an entry with a problem has none of its own."""
    name = f"fresh@{entity['xivo']}"
    document = {"entities": [entity], "users": [{**BO, "entity": name}], "admins": [{"login": "eve", "ldap": True,
                "entities": [name, "fresh"]}]}  # fmt: skip
    plan = Plan(document)
    assert [one.place for one in plan.planner.problems] == ["entities[0]"]
    assert plan.operations == [f"create user 250@{name}", "create admin eve"]


def test_a_reference_to_what_is_no_mapping_is_a_problem_of_its_own() -> None:
    plan = Plan({"entities": ["fresh"], "users": [{**BO, "entity": "fresh"}]})
    assert [one.place for one in plan.planner.problems] == ["entities[0]", "users[0]"]


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param(
            {"users": [{"id": 5, "internal_number": "201"}]},
            ["users[0]: duplicate: user 201@default@paris already exists on XCI, with id 6"],
            id="with-one-on-xci",
        ),
        pytest.param(
            {"users": [ANN, {"id": 5, "internal_number": "201"}]},
            ["users[1]: duplicate: user 201@default@paris is also defined at users[0]"],
            id="with-another-entry",
        ),
        pytest.param(
            {"users": [{"id": 5, "internal_number": "201"}, ANN]},
            [
                "users[1]: several users have internal_number '201'",
                "users[0]: duplicate: user 201@default@paris already exists on XCI, with id 6",
            ],
            id="with-an-entry-that-comes-later",
        ),
        pytest.param(
            {"users": [{"id": 5, "internal_number": "201"}, {"id": 6, "internal_number": "200"}]}, [], id="a-swap"
        ),
        pytest.param(
            {"users": [{"id": 5, "internal_number": "201"}, {"id": 6, "state": "absent"}]}, [], id="with-one-who-leaves"
        ),
        pytest.param(
            {"users": [{"id": 5, "internal_number": "290"}, {"id": 6, "internal_number": "290"}]},
            [
                "users[0]: duplicate: user 290@default@paris is also defined at users[1]",
                "users[1]: duplicate: user 290@default@paris is also defined at users[0]",
            ],
            id="of-each-other",
        ),
        pytest.param(
            {"templates": [{"id": 3, "name": "door"}, {"name": "door"}]},
            ["templates[1]: duplicate: already defined at templates[0]"],
            id="templates",
        ),
    ],
)
def test_two_objects_of_one_name(document: dict[str, Any], problems: list[str]) -> None:
    """In the end; on the way there, one may take over what another one gives up."""
    raws = {f"GET /users/{raw['id']}": raw for raw in WORLD[users(DEFAULT)]["items"]}  # type: ignore[index]
    shown = Plan(document, answers=raws).problems
    assert len(shown) == len(problems)
    assert all(one.startswith(expected) for one, expected in zip(shown, problems, strict=True))


LOGINS = "duplicate: cti_login 'zoe' of user 250@default@paris also belongs to user 200@default@paris"
SPAN = {**FRESH, "intervals": [{"start": "250", "end": "349"}]}
BOTH = {users(DEFAULT): items(fakes.user(5, "200", ctiLogin="zoe"), fakes.user(6, "201", ctiLogin="zoe"))}


@pytest.mark.parametrize(
    ("document", "answers", "problems"),
    [
        pytest.param({"users": [{**BO, "cti_login": "zoe"}]}, {}, [f"users[0]: {LOGINS}, on XCI, with id 5"],
                     id="a-login-on-xci"),
        pytest.param(
            {"users": [{**BO, "cti_login": "zoe"}, ZOE]}, {}, [f"users[0]: {LOGINS}, defined at users[1]"],
            id="a-login-that-another-entry-keeps",
        ),
        pytest.param({"users": [{**BO, "cti_login": "zoe"}, {**ZOE, "cti_login": ""}]}, {}, [],
                     id="a-login-that-another-entry-gives-up"),
        pytest.param({"users": [{**BO, "cti_login": "zoe", "entity": "default@lyon", "template": None, "id": 8}]},
                     {}, [], id="a-login-on-another-xivo"),
        pytest.param({"users": [{**BO, "cti_login": "ann"}]}, {}, [], id="a-login-in-a-list-that-was-not-read"),
        pytest.param({"users": [{**ANN, "first_name": "Anne"}]}, BOTH, [], id="a-login-that-two-have-already"),
        pytest.param(
            {"entities": [SPAN]}, {},
            ["entities[0]: duplicate: intervals 250-299 of entity fresh@paris also belongs to entity default@paris, "
             "on XCI, with id 17, 18"],
            id="intervals",
        ),
        pytest.param({"entities": [{"name": "sales", "xivo": "paris", "intervals": [{"start": "200", "end": "310"}]}]},
                     {}, [], id="intervals-that-two-have-already"),
        pytest.param(
            {"entities": [SPAN, *({"name": name, "xivo": "paris", "intervals": []} for name in ("default", "sales"))]},
            {}, [], id="intervals-that-other-entries-give-up",
        ),
    ],
)  # fmt: skip
def test_what_only_one_can_have(document: dict[str, Any], answers: dict[str, Any], problems: list[str]) -> None:
    """In the lists that are read anyway: looking costs no request."""
    lyon = fakes.user(8, "250", LYON_DEFAULT, firstName="Bo")
    plan = Plan(document, answers={"GET /users/8": lyon, users(LYON_DEFAULT): items(lyon), **answers})
    assert plan.problems == problems


def test_a_login_that_many_would_have_is_said_with_a_few_of_them() -> None:
    rows = [{**BO, "internal_number": str(number), "cti_login": "same"} for number in range(250, 300)]
    problems = Plan({"users": rows}).planner.problems
    assert [len(one.others) for one in problems] == [3] * 50


def test_a_swap_without_a_free_number_is_a_problem_of_an_entry() -> None:
    users_ = [{"id": 5, "internal_number": "201"}, {"id": 6, "internal_number": "200"}]
    raws = {f"GET /users/{raw['id']}": raw for raw in WORLD[users(DEFAULT)]["items"]}  # type: ignore[index]
    plan = Plan({"users": users_}, answers={**raws, numbers(DEFAULT): items()})
    assert plan.problems == [
        "users[0]: user 200@default@paris, user 201@default@paris exchange internal_number, and entity default@paris "
        "has no other number that is free meanwhile; widen its intervals"
    ]


MOVED = {**BO, "first_name": "Zoé", "cti_login": "zoe"}


@pytest.mark.parametrize(
    ("entries", "purge", "operations"),
    [
        pytest.param([MOVED, ANN], ("users",), ["update user 200@default@paris"], id="purged"),
        pytest.param(
            [MOVED, ANN, {**BO, "internal_number": "200", "match_on": "name"}], ("users",),
            ["create user 200@default@paris", "update user 200@default@paris"], id="whose-number-another-one-gets",
        ),
        pytest.param(
            [{**BO, "cti_login": "zoe"}, ANN, {**ZOE, "cti_login": "new"}], ("users",),
            ["create user 250@default@paris", "update user 200@default@paris"], id="whose-number-is-in-the-document",
        ),
        pytest.param(
            [{**BO, "cti_login": "zoe"}, {**ZOE, "state": "absent"}], (),
            ["create user 250@default@paris", "delete user 200@default@paris"], id="deleted-by-an-entry",
        ),
        pytest.param(
            [{**BO, "cti_login": "other"}, ANN], ("users",),
            ["create user 250@default@paris", "delete user 200@default@paris"], id="with-another-login",
        ),
    ],
)  # fmt: skip
def test_who_is_known_by_the_login_where_the_old_entry_is_purged(
    entries: list[dict[str, Any]], purge: tuple[str, ...], operations: list[str]
) -> None:
    plan = Plan({"users": entries}, purge)
    assert plan.error == ""
    assert sorted(plan.operations) == operations
    assert plan.warnings == []


HANDED_ON = "users[0]: user 200@default@paris (Zoé D'Arc) is not in the document, has the same cti_login 'zoe', and is"


@pytest.mark.parametrize(
    ("names", "operations", "warning"),
    [
        pytest.param(
            {"first_name": "ZOE", "last_name": "Box"}, ["update user 200@default@paris"],
            f"{HANDED_ON} changed for user 250@default@paris (ZOE Box)", id="who-married",
        ),
        pytest.param(
            {"first_name": "Bo", "last_name": "Box"},
            ["create user 250@default@paris", "delete user 200@default@paris"],
            f"{HANDED_ON} deleted, and another one created for user 250@default@paris (Bo Box)", id="somebody-else",
        ),
        pytest.param(
            {"last_name": "Box"}, ["create user 250@default@paris", "delete user 200@default@paris"],
            f"{HANDED_ON} deleted, and another one created for user 250@default@paris (Box)", id="who-has-one-name",
        ),
    ],
)  # fmt: skip
def test_who_gets_the_login_of_who_is_purged_is_named_beside_him(
    names: dict[str, Any], operations: list[str], warning: str
) -> None:
    """Where all names are others, it is another person, who gets no telephone and no voice mail of the old one."""
    entry = {key: value for key, value in MOVED.items() if key != "first_name"}
    plan = Plan({"users": [{**entry, **names}, ANN]}, ("users",))
    assert (plan.error, plan.operations, plan.warnings) == ("", operations, [warning])


def test_who_is_where_nobody_can_look_is_no_duplicate() -> None:
    """The number is not known yet in an entity that has a problem itself."""
    new = {"entity": "fresh@paris", "template": "desk", "first_name": "Bo", "match_on": "name"}
    document = {"entities": [{**FRESH, "display_name": True}], "users": [new, {**new, "first_name": "Al"}]}
    assert [one.place for one in Plan(document).planner.problems] == ["entities[0]"]


def test_warnings_are_located() -> None:
    document = {
        "templates": [{"name": "desk", "ringing_time": 90, "routed_inbound_prefix": "01"}],
        "users": [ANN],
    }
    plan = Plan(document)
    assert plan.warnings == [
        "templates[0].ringing_time: 90 is out of range; XiVO accepts 0 to 60",
        "templates[0]: routed_inbound_prefix has no effect unless routed_inbound is true",
    ]
    assert [(one.kind, one.index) for one in plan.planner.warnings] == [("template", 0), ("template", 0)]


def test_where_an_operation_comes_from() -> None:
    plan = Plan({"users": [ZOE, BO]}, purge=("users",))
    entries = [plan.planner.entries.get(id(operation)) for operation in plan.planner.operations]
    assert plan.operations == ["create user 250@default@paris", "delete user 201@default@paris"]
    assert [entry and entry.place_of("users", entry.index) for entry in entries] == ["users[1]", None]


# -- purging ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "purge", "deleted"),
    [
        pytest.param({"users": [ZOE]}, (), [], id="nothing"),
        pytest.param({"users": [ZOE]}, ("users",), ["user 201@default@paris"], id="others-of-the-entity"),
        pytest.param({"users": []}, ("users",), [], id="no-entity-no-scope"),
        pytest.param(
            {"users": [], "entities": [{"name": "default", "xivo": "paris"}]},
            ("users",),
            ["user 200@default@paris", "user 201@default@paris"],
            id="all-of-an-entity-that-is-listed",
        ),
        pytest.param(
            {"users": [{**ZOE, "entity": "sales"}], "entities": [{"name": "default", "xivo": "lyon"}]},
            ("users",),
            ["user 200@default@lyon"],
            id="an-entity-that-is-listed-and-one-whose-users-are",
        ),
        pytest.param({"users": [{**ZOE, "state": "absent"}]}, ("users",), ["user 200@default@paris"],
                     id="who-leaves-makes-no-scope"),
        pytest.param({"templates": []}, ("templates",), ["template desk"], id="templates"),
        pytest.param({"templates": [{"name": "desk"}]}, ("templates",), [], id="a-template-that-is-listed"),
        pytest.param({"templates": [{"id": 3, "name": "door"}]}, ("templates",), [], id="by-its-id"),
        pytest.param({"admins": []}, ("admins",), ["admin bob"], id="admins-but-the-own-one"),
        pytest.param({"entities": []}, ("entities",), [], id="entities-of-no-xivo"),
        pytest.param(
            {"xivos": [{"name": "lyon"}], "entities": [], "users": []},
            ("users", "entities"),
            ["user 200@default@lyon", "entity default@lyon"],
            id="of-a-xivo",
        ),
        pytest.param(
            {
                "xivos": [{"name": "lyon"}],
                "entities": [],
                "users": [{"id": 8, "entity": "sales@paris", "internal_number": "203", "template": "desk"}],
            },
            ("entities",),
            ["entity default@lyon"],
            id="whose-users-move",
        ),
        pytest.param(
            {"xivos": [{"name": "paris"}], "entities": [{"name": "sales", "xivo": "paris"}], "users": []},
            ("users", "entities"),
            ["user 200@sales@paris", "user 200@default@paris", "user 201@default@paris", "entity default@paris"],
            id="users-before-entities",
        ),
        pytest.param(
            {"xivos": [{"name": "paris"}], "entities": [], "users": [{**ZOE, "template": "desk"}], "templates": []},
            ("users", "entities", "templates"),
            ["user 201@default@paris", "user 200@sales@paris", "entity sales@paris"],
            id="nothing-that-the-document-refers-to",
        ),
    ],
)  # fmt: skip
def test_what_a_purge_deletes(document: dict[str, Any], purge: tuple[str, ...], deleted: list[str]) -> None:
    plan = Plan(document, purge, {"GET /users/8": fakes.user(8, "200", LYON_DEFAULT)})
    assert plan.error == ""
    assert plan.deleted == deleted


def test_a_purge_deletes_in_one_order_whatever_xci_has() -> None:
    shuffled = items(fakes.user(9, "203"), fakes.user(7, "201"), fakes.user(8, "201"), fakes.user(5, "200"))
    plan = Plan({"users": [ZOE]}, ("users",), {users(DEFAULT): shuffled})
    assert [operation.before["id"] for operation in plan.planner.operations] == [7, 8, 9]
    assert [operation.raw["id"] for operation in plan.planner.operations] == [7, 8, 9]


@pytest.mark.parametrize("document", [{}, {"users": None}], ids=str)
def test_what_is_to_be_purged_has_to_be_listed(document: dict[str, Any]) -> None:
    plan = Plan(document, ("users", "templates"))
    assert plan.planner.problems == [
        Problem(
            f"purge includes {plural}, but the document has no {plural} list (an empty list would delete all of them)",
            kind=kind,
        )
        for plural, kind in (("users", "user"), ("templates", "template"))
    ]
    assert plan.operations == []


def test_what_has_a_problem_is_not_purged_without_saying_so() -> None:
    """The whole document is refused then."""
    assert Plan({"templates": [{"name": "desk", "ringing_time": "long"}]}, ("templates",)).error


@pytest.mark.parametrize(
    ("own", "listed", "deleted", "warned"),
    [
        pytest.param("admin", ["admin", "bob"], ["bob"], False, id="listed"),
        pytest.param("admin", ["ADMIN", "bob"], ["bob"], False, id="in-another-case"),
        pytest.param("admin", ["admin", "ADMIN", "bob"], ["bob"], False, id="in-both-cases"),
        pytest.param("me@corp", ["me", "bob"], [], True, id="perhaps-without-its-domain"),
        pytest.param("me", ["CORP\\me", "bob"], [], True, id="perhaps-with-a-domain"),
        pytest.param("me@corp", ["me@corp", "me"], ["me"], False, id="with-its-domain"),
        pytest.param("me", ["bob"], [], True, id="not-listed"),
        pytest.param("me", [], [], False, id="nobody-is-listed"),
    ],
)
def test_the_own_account_is_never_purged(own: str, listed: list[str], deleted: list[str], warned: bool) -> None:
    """Where XCI does not list it, nobody is: it could be any of them."""
    raws = items(*(fakes.admin(number, login) for number, login in enumerate(listed, 1)))
    plan = Plan({"admins": []}, ("admins",), {ADMINS: raws}, own=own)
    assert plan.deleted == [f"admin {login}" for login in deleted]
    warning = f"purge: no admin was deleted, because XCI lists none with the login {own!r} of this run"
    assert plan.warnings == ([warning] if warned else [])
    assert [one.kind for one in plan.planner.warnings] == (["admin"] if warned else [])


def test_what_has_the_id_of_an_entity_makes_no_scope() -> None:
    """Each kind counts its own ids."""
    same = fakes.template(DEFAULT["id"], "desk", entities=[])
    plan = Plan({"templates": [{"name": "desk"}], "users": []}, ("users",), {TEMPLATES: [same]})
    assert (plan.error, plan.deleted) == ("", [])


def test_nothing_is_purged_because_of_a_part_of_a_list() -> None:
    with pytest.raises(Exception, match="invalid list of users from XCI"):
        Plan({"users": [ZOE]}, ("users",), {users(DEFAULT): {"items": None}})


def test_a_purge_of_entities_reads_who_is_in_those_that_are_to_be_deleted() -> None:
    sales = {"name": "sales", "xivo": "paris"}
    plan = Plan({"xivos": [{"name": "paris"}], "entities": [sales]}, ("entities",), {users(DEFAULT): items()})
    assert plan.deleted == ["entity default@paris"]
    assert [call for call in plan.client.calls if call.endswith("/users")] == [users(DEFAULT)]
    assert TEMPLATES not in plan.client.calls


def test_a_purge_of_entities_alone_leaves_their_users_and_says_who_they_are() -> None:
    plan = Plan({"xivos": [{"name": "paris"}], "entities": []}, ("entities",))
    assert plan.operations == []
    assert plan.problems == [
        "purge: entity default@paris still has 2 users (user 200@default@paris (Zoé D'Arc), user 201@default@paris "
        "(Ann D'Arc)), and was not deleted; list it, move them, or purge users too",
        "purge: entity sales@paris still has 1 user (user 200@sales@paris (Ann D'Arc)), and was not deleted; list it, "
        "move them, or purge users too",
    ]


def test_an_entity_that_leaves_takes_its_users_along_where_users_are_purged() -> None:
    document = {"entities": [{"name": "sales", "xivo": "paris", "state": "absent"}], "users": []}
    assert "still has 1 user" in Plan(document).error
    assert Plan(document, ("users",)).deleted == ["user 200@sales@paris", "entity sales@paris"]


def test_nobody_is_listed_in_an_entity_that_is_deleted() -> None:
    gone = {"name": "sales", "xivo": "paris", "state": "absent", "force": True}
    plan = Plan({"entities": [gone], "users": [{**ZOE, "entity": "sales@paris"}]})
    assert plan.problems == ["users[0].entity: is in entity sales@paris, which is to be deleted"]


def test_what_the_document_refers_to_is_not_purged_and_that_is_said() -> None:
    plan = Plan({"users": [{**BO, "entity": "default@paris"}], "templates": []}, ("templates",))
    assert plan.deleted == []
    assert plan.warnings == [
        "purge: not deleted, though not in the document, because the document refers to them: desk (id 3)"
    ]


@pytest.mark.parametrize(
    ("entry", "purge", "warned"),
    [
        pytest.param({"login": "BOB"}, ("admins",), False, id="look-alike-purged"),
        pytest.param({"login": "BOB"}, (), True, id="look-alike"),
        pytest.param({"login": "bobb"}, ("admins",), False, id="mistyped-purged"),
        pytest.param({"login": "bobb"}, (), True, id="mistyped"),
    ],
)
def test_who_is_purged_is_not_said_to_be_kept(entry: dict[str, Any], purge: tuple[str, ...], warned: bool) -> None:
    plan = Plan({"admins": [{**entry, "state": "absent"}]}, purge)
    assert plan.deleted == ([] if warned else ["admin bob"])
    assert ["nothing was deleted" in one for one in plan.warnings] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("document", "purge"),
    [({"templates": [{"name": "desk", "state": "absent"}]}, ()), ({"templates": []}, ("templates",))],
    ids=["absent", "purge"],
)
def test_the_deletion_of_a_template_may_take_users_along(document: dict[str, Any], purge: tuple[str, ...]) -> None:
    plan = Plan(document, purge)
    losses = losses_of(plan.planner.operations)
    assert [str(one) for one in alike_losses(losses)] == [
        "users of 1 template: XCI never shows which users these are, and may delete them, too, or refuse"
    ]
    assert [(one["kind"], one["key"], one["option"]) for one in losses] == [("template", "desk", "users")]


def test_nothing_is_purged_of_a_kind_of_which_an_entry_is_not_understood() -> None:
    plan = Plan({"users": [{**ZOE, "cti_login": True}, ANN]}, ("users",))
    assert "users[0].cti_login" in plan.error
    assert plan.operations == []


def test_what_is_chosen_is_not_what_a_later_entry_gives() -> None:
    chosen = {"entity": "default@paris", "template": "desk", "match_on": "name", "last_name": "Chosen"}
    given = {"entity": "default@paris", "template": "desk", "internal_number": "202", "last_name": "Given"}
    answers = {fakes.numbers(DEFAULT): items("202", "203")}
    plan = Plan({"users": [chosen, given]}, (), answers)
    assert plan.error == ""
    assert [(one.after["last_name"], one.after["internal_number"]) for one in plan.planner.operations] == [
        ("Given", "202"),
        ("Chosen", "203"),
    ]


def test_a_purge_reaches_no_entity_that_only_shares_a_name() -> None:
    """One was once called as what it was in besides, such as default@paris@lyon; its users are not the document's."""
    odd = fakes.entity(30, "default@paris", fakes.LYON)
    answers = {ENTITIES: items(DEFAULT, SALES, LYON_DEFAULT, odd), users(odd): items(fakes.user(9, "200", odd))}
    plan = Plan({"users": [ZOE, ANN]}, ("users",), answers)
    assert (plan.deleted, plan.error) == ([], "")


def test_who_has_no_number_is_not_purged_and_that_is_said() -> None:
    no_number = [{**fakes.user(number, "1"), "internalNumber": None} for number in range(6, 13)]
    nameless = items(fakes.user(5, "200"), *no_number)
    plan = Plan({"users": [ZOE]}, ("users",), {users(DEFAULT): nameless})
    assert plan.deleted == []
    (warning,) = plan.warnings
    assert "because no document can list them without internal_number: @default@paris (id 6)" in warning
    assert warning.endswith("(id 10) and 2 more")


def test_who_belongs_to_another_entity_is_not_purged_with_the_one_that_lists_him() -> None:
    listed = items(fakes.user(5, "200"), fakes.user(9, "290", SALES), {**fakes.user(6, "201"), "entity": None})
    plan = Plan({"users": [ZOE]}, ("users",), {users(DEFAULT): listed})
    assert plan.deleted == ["user 201@default@paris"]


# -- defaults of the task -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "entry", "template"),
    [
        pytest.param("desk", {"first_name": "A"}, "desk", id="omitted"),
        pytest.param("desk", {"first_name": "A", "template": None}, "desk", id="null"),
        pytest.param("desk", {"first_name": "A", "template": "door"}, "door", id="given"),
        pytest.param(None, {"first_name": "A"}, None, id="no-default"),
        pytest.param("", {"first_name": "A"}, None, id="empty-default"),
    ],
)
def test_the_default_template(default: str | None, entry: dict[str, Any], template: str | None) -> None:
    options = {**NEW, **entry}
    both = [fakes.template(3, "desk"), fakes.template(4, "door")]
    plan = Plan({"users": [options]}, (), {TEMPLATES: both}, defaults=defaults_in({"default_template": default}))
    (operation,) = plan.planner.operations
    assert operation.desired.get("template") == template
    assert operation.losses == []


def test_a_default_that_an_edit_sends_may_replace_what_xci_does_not_show() -> None:
    people = [{**ANN, "first_name": "Anne"}, {**BO, "entity": "sales@paris"}, {**ZOE, "first_name": "Zoe"}]
    plan = Plan({"users": people}, defaults=defaults_in({"default_template": "desk"}))
    assert [as_entry(one)["sends"] for one in plan.planner.operations] == [
        {"template": "desk"},
        {},
        {"template": "desk"},
    ]
    losses = losses_of(plan.planner.operations)
    why = "XCI does not show which one it is; the change sets 'desk' (default_template)"
    assert losses[0] == {
        "kind": "user",
        "key": "201@default@paris",
        "name": "Ann D'Arc",
        "option": "template",
        "why": why,
    }
    assert [str(one) for one in alike_losses(losses)] == [
        f"template of 2 users: {why}",
        "cti_password of 1 user: XCI hides it and may lose it in this change, since it is not given",
    ]


def test_a_template_of_the_entry_is_sent_and_no_loss() -> None:
    plan = Plan({"users": [{**ANN, "first_name": "Anne", "template": "desk"}]})
    (operation,) = plan.planner.operations
    assert as_entry(operation)["sends"] == {"template": "desk"}
    assert losses_of([operation]) == []
    assert operation.diff()["after"]["template"] == "desk"
