# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object is meant, which write it needs, and what is refused before anything is written."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ApiError,
    InputError,
    Problem,
    UnknownReference,
    texts,
)
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import propose
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, DELETE, UPDATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.state.accounts import own_accounts
from ansible_collections.xivo.xci.plugins.module_utils.state.index import Item
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SETTINGS,
    TEMPLATES,
    WORLD,
    FakeClient,
    items,
    numbers,
    users,
)

SECRET, OTHER = "made-up-1", "made-up-2"
ZOE = {"entity": "default@paris", "internal_number": "200"}
RAW_ZOE = fakes.user(5, "200", ctiLogin="zoe")
NEW = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "internal_number": "250"}


class World:
    """A state over the world of fakes, and what is proposed on it."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.client = FakeClient({**WORLD, **(answers or {})})
        self.state = State(self.client)  # type: ignore[arg-type]

    def propose(self, kind: str, **options: Any) -> tuple[Item | None, Operation | None]:
        resource = RESOURCES[kind]
        proposal = propose(resource, options, parse(resource, options).checked().desired, self.state)
        return proposal.current, proposal.operation

    def operation(self, kind: str, **options: Any) -> Operation:
        operation = self.propose(kind, **options)[1]
        assert operation is not None
        return operation


# -- which one is meant -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "missing"),
    [
        ("xivo", {"host": "x"}, "option: name (or id), to find the xivo"),
        ("xivo", {"name": ""}, "option: name (or id), to find the xivo"),
        ("entity", {"display_name": "x"}, "options: name, xivo (or id), to find the entity"),
        ("entity", {"name": "x"}, "option: xivo (or id), to find the entity"),
        ("admin", {"name": "x"}, "option: login (or id), to find the admin"),
        ("user", {}, "options: internal_number, entity (or id), to find the user"),
        ("user", {"entity": "x"}, "option: internal_number (or id), to find the user"),
        ("user", {"internal_number": "1"}, "option: entity (or id), to find the user"),
        (
            "user",
            {"entity": "x", "internal_number": "1", "match_on": "name"},
            "option: first_name or last_name (or id), to find the user",
        ),
        (
            "user",
            {"entity": "x", "internal_number": "1", "match_on": "cti_login", "cti_login": ""},
            "option: cti_login (or id), to find the user",
        ),
    ],
)
def test_what_identifies_an_object_is_needed(kind: str, options: dict[str, Any], missing: str) -> None:
    on = World()
    with pytest.raises(InputError) as caught:
        on.propose(kind, **options)
    assert str(caught.value) == f"missing required {missing}"
    # XCI may have an object without a name.
    assert on.client.calls == (["GET /xivo"] if kind == "xivo" and "name" in options else [])


@pytest.mark.parametrize(
    ("options", "identity", "action"),
    [
        pytest.param(ZOE, 5, None, id="as-it-is"),
        pytest.param({**ZOE, "first_name": "Zoe"}, 5, UPDATE, id="update"),
        pytest.param({**ZOE, "state": "absent"}, 5, DELETE, id="delete"),
        pytest.param({**ZOE, "internal_number": "999", "state": "absent"}, None, None, id="gone"),
        pytest.param(NEW, None, CREATE, id="create"),
        pytest.param({"entity": "sales", "match_on": "cti_login", "cti_login": "zoe"}, 5, UPDATE, id="moves"),
        pytest.param(
            {"entity": "sales", "match_on": "cti_login", "cti_login": "zoe", "state": "absent"},
            None,
            None,
            id="a-removal-looks-in-the-entity-alone",
        ),
        pytest.param(
            {"entity": "default@paris", "match_on": "name", "last_name": "D'Arc", "first_name": "Ann"},
            6,
            None,
            id="name",
        ),
    ],
)
def test_the_object_and_its_write(options: dict[str, Any], identity: int | None, action: str | None) -> None:
    current, operation = World().propose("user", **options)
    assert (current.id if current else None) == identity
    assert (operation.action if operation else None) == action
    if operation is not None:
        assert operation.raw == (current.raw if current else {})


@pytest.mark.parametrize("kind", ["entity", "template", "admin"])
def test_an_id_that_does_not_exist(kind: str) -> None:
    with pytest.raises(InputError, match=f"^{kind} with id 99 not found$"):
        World().propose(kind, id=99)
    assert World().propose(kind, id=99, state="absent") == (None, None)


def test_a_removal_depends_on_its_identity_alone() -> None:
    """The rest may refer to what is gone too."""
    operation = World().operation("template", name="desk", xivos=["gone"], state="absent")
    assert (operation.action, operation.desired) == (DELETE, {"name": "desk"})
    operation = World().operation("user", **ZOE, template="gone", state="absent")
    assert operation.desired == ZOE


def test_an_unknown_reference_names_its_option() -> None:
    with pytest.raises(UnknownReference) as caught:
        World().propose("user", entity="gone", internal_number="200")
    (problem,) = caught.value.problems
    assert isinstance(problem, Problem)
    assert problem.option == "entity"
    assert problem.msg.startswith("entity 'gone' not found")


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("user", {"entity": "gone", "internal_number": "200"}, "entity: nothing was deleted: entity 'gone' not found"),
        ("user", {"entity": "gone", "id": 99}, "entity: nothing was deleted: entity 'gone' not found"),
        ("entity", {"name": "old", "xivo": "gone"}, "xivo: nothing was deleted: xivo 'gone' not found"),
        ("entity", {"name": "old@gone"}, "xivo: nothing was deleted: xivo 'gone' not found"),
    ],
)
def test_what_is_in_something_that_is_gone_is_gone_too(kind: str, options: dict[str, Any], why: str) -> None:
    resource = RESOURCES[kind]
    on = World({"GET /users/99": ApiError("not found", 404)})
    desired = parse(resource, options).checked().desired
    proposal = propose(resource, {**options, "state": "absent"}, desired, on.state)
    assert (proposal.current, proposal.operation) == (None, None)
    assert [str(one).partition(";")[0] for one in proposal.warnings] == [why]


def test_what_is_somewhere_else_than_in_something_that_is_gone_is_not_deleted() -> None:
    on = World({"GET /users/5": RAW_ZOE})
    with pytest.raises(UnknownReference, match="entity 'gone' not found"):
        on.propose("user", id=5, entity="gone", state="absent")


def test_several_of_a_name_are_not_gone() -> None:
    with pytest.raises(UnknownReference, match="ambiguous"):
        World().propose("user", entity="default", internal_number="200", state="absent")


# -- a name with what it is in ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"xivo": "paris"}, {"xivo": "1"}], ids=str)
def test_a_name_is_taken_apart(options: dict[str, Any]) -> None:
    current, operation = World().propose("entity", name="default@paris", display_name="D", **options)
    assert current is not None
    assert operation is not None
    assert operation.changed == ["display_name"]
    assert (operation.after["name"], operation.after["xivo"]) == ("default", "paris")


def test_a_name_that_says_another_xivo() -> None:
    with pytest.raises(InputError, match=r"^name: 'default@lyon' says xivo 'lyon', but xivo is 'paris'$"):
        World().propose("entity", name="default@lyon", xivo="paris")


def test_a_name_that_an_entity_has_is_its_own() -> None:
    odd = fakes.entity(30, "a@b", fakes.PARIS)
    assert World({ENTITIES: items(odd)}).propose("entity", name="a@b", xivo="paris")[1] is None


def test_what_the_object_refers_to_already_may_be_in_no_list() -> None:
    raw = fakes.admin(9, "bob", entities=[17, 77])
    on = World({ADMINS: items(fakes.admin(1, "admin", superAdmin=True), raw)})
    assert on.propose("admin", login="bob", entities=["77", "default@paris"])[1] is None
    with pytest.raises(UnknownReference, match="entity '78' not found"):
        on.propose("admin", login="bob", entities=["77", "78"])
    with pytest.raises(UnknownReference, match="entity '77' not found"):
        on.propose("admin", login="eve", entities=["77"])


# -- what is missing, and what is filled in -----------------------------------------------------------------


def test_a_creation_takes_what_depends_on_the_rest() -> None:
    on = World()
    new = {name: value for name, value in NEW.items() if name != "internal_number"}
    operation = on.operation("user", **new, match_on="name")
    assert operation.after["internal_number"] == operation.desired["internal_number"] == "202"
    assert numbers(DEFAULT) in on.client.calls
    assert World().operation("entity", name="new", xivo="paris").after["display_name"] == "new"


@pytest.mark.parametrize(
    ("kind", "options", "missing"),
    [
        pytest.param(
            "user",
            {"entity": "default@paris", "internal_number": "250", "first_name": "Bo"},
            "missing required option: template (needed to create user 250@default@paris)",
            id="creation",
        ),
        pytest.param(
            "admin",
            {"login": "bob", "name": "Bob"},
            "missing required option: password (needed to change name of admin bob, because ldap is false)",
            id="edit",
        ),
    ],
)
def test_a_write_needs_what_xci_never_shows_and_a_plan_does_not(
    kind: str, options: dict[str, Any], missing: str
) -> None:
    with pytest.raises(InputError) as caught:
        World().propose(kind, **options)
    assert str(caught.value) == missing
    resource = RESOURCES[kind]
    operation = propose(resource, options, parse(resource, options).desired, World().state, complete=False).operation
    assert operation is not None
    assert operation.missing == [missing]


def test_what_is_write_only_becomes_a_label_when_there_is_a_write() -> None:
    on = World()
    assert on.operation("user", **{**NEW, "template": "3"}).desired["template"] == "desk"
    assert TEMPLATES in on.client.calls
    quiet = World()
    assert quiet.propose("user", **ZOE, template="gone")[1] is None
    assert quiet.client.calls == [ENTITIES, users(DEFAULT)]


# -- passwords ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "shown", "written"),
    [
        pytest.param(None, None, False, id="hidden"),
        pytest.param(None, "****", False, id="masked"),
        pytest.param(None, SECRET, False, id="shown-and-equal"),
        pytest.param(None, OTHER, True, id="shown-and-different"),
        pytest.param("on_create", None, False, id="on_create-hidden"),
        pytest.param("on_create", OTHER, False, id="on_create-different"),
        pytest.param("always", None, True, id="always-hidden"),
        pytest.param("always", "****", True, id="always-masked"),
        pytest.param("always", SECRET, False, id="always-shown-and-equal"),
        pytest.param("always", OTHER, True, id="always-different"),
    ],
)
def test_when_a_cti_password_is_written(policy: str | None, shown: str | None, written: bool) -> None:
    on = World({users(DEFAULT): items({**RAW_ZOE, "ctiPassword": shown})})
    operation = on.propose("user", **ZOE, cti_password=SECRET, update_password=policy)[1]
    assert (operation.changed if operation else []) == (["cti_password"] if written else [])


@pytest.mark.parametrize(
    ("policy", "accepted", "tried", "written"),
    [
        pytest.param(None, True, True, False, id="default-and-accepted"),
        pytest.param(None, False, True, True, id="default-and-refused"),
        pytest.param("verify", True, True, False, id="verify-accepted"),
        pytest.param("verify", False, True, True, id="verify-refused"),
        pytest.param("on_create", False, False, False, id="on_create"),
        pytest.param("always", True, False, True, id="always"),
    ],
)
def test_when_the_password_of_an_administrator_is_written(
    policy: str | None, accepted: bool, tried: bool, written: bool
) -> None:
    on = World({f"LOGIN bob {SECRET}": accepted})
    operation = on.propose("admin", login="bob", password=SECRET, update_password=policy)[1]
    assert (operation.changed if operation else []) == (["password"] if written else [])
    assert (f"LOGIN bob {SECRET}" in on.client.calls) is tried


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"login": "bob"}, id="no-password"),
        pytest.param({"login": "bob", "ldap": True, "password": SECRET}, id="ldap"),
        pytest.param({"login": "bob", "password": SECRET, "state": "absent"}, id="absent"),
        pytest.param({"login": "eve", "password": SECRET}, id="new"),
    ],
)
def test_when_no_password_is_tried(options: dict[str, Any]) -> None:
    on = World({ADMINS: items(SELF, fakes.admin(9, "bob", ldap=options.get("ldap", False)))})
    on.propose("admin", **options)
    assert not [call for call in on.client.calls if call.startswith("LOGIN")]


def test_a_password_is_tried_under_the_login_that_xci_knows() -> None:
    on = World({f"LOGIN bob {SECRET}": True})
    assert on.operation("admin", id=9, login="robert", password=SECRET).changed == ["login"]


def test_no_password_is_tried_of_who_is_only_planned() -> None:
    on = World()
    on.state = PlannedState(on.state)
    on.state.plan(on.operation("admin", login="eve", password=SECRET))
    assert on.propose("admin", login="eve", password=SECRET)[1] is None
    assert not [call for call in on.client.calls if call.startswith("LOGIN")]


# -- the own account ----------------------------------------------------------------------------------------

SELF = fakes.admin(1, "admin", superAdmin=True)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        pytest.param({"login": "admin", "state": "absent"}, "delete", id="delete"),
        pytest.param({"id": 1, "login": "root"}, "change login of", id="rename"),
        pytest.param({"login": "admin", "super_admin": False}, "change super_admin of", id="demote"),
        pytest.param({"login": "admin", "ldap": True}, "change ldap of", id="ldap"),
        pytest.param({"login": "admin", "name": "x", "ldap": True}, "change ldap of", id="ldap-and-name"),
        pytest.param(
            {"id": 1, "login": "a", "ldap": True, "super_admin": False}, "change login, ldap, super_admin of", id="all"
        ),
    ],
)
def test_the_own_account_is_protected(options: dict[str, Any], what: str) -> None:
    secret = {} if options.get("state") or options.get("ldap") else {"password": SECRET, "update_password": "on_create"}
    with pytest.raises(InputError) as caught:
        World().propose("admin", **options, **secret)
    assert str(caught.value) == (
        f"this would {what} admin, the admin that this task logs in as; set allow_self: true if that is intended"
    )
    assert World().propose("admin", **options, **secret, allow_self=True)[1] is not None
    assert World().propose("admin", **options, **secret, allow_self="yes")[1] is not None


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"login": "admin", "name": "x"}, id="name"),
        pytest.param({"login": "admin", "entities": ["sales"]}, id="entities"),
        pytest.param({"login": "admin", "password": SECRET, "update_password": "always"}, id="password"),
        pytest.param({"login": "bob", "super_admin": True}, id="another"),
        pytest.param({"login": "bob", "state": "absent"}, id="another-is-deleted"),
    ],
)
def test_what_is_no_danger_to_the_own_account(options: dict[str, Any]) -> None:
    secret = {"password": SECRET, "update_password": "on_create"}
    given = options if options.get("state") else {**secret, **options}
    assert World().propose("admin", **given)[1] is not None


def test_promoting_the_own_account_is_no_danger() -> None:
    on = World({ADMINS: items(fakes.admin(1, "admin", superAdmin=False, ldap=True))})
    assert on.operation("admin", login="admin", super_admin=True).changed == ["super_admin"]


@pytest.mark.parametrize("listed", ["ADMIN", "admin@corp", "CORP\\admin"])
def test_the_own_account_is_protected_under_any_spelling(listed: str) -> None:
    on = World({ADMINS: items(fakes.admin(1, listed, superAdmin=True))})
    with pytest.raises(InputError, match="the admin that this task logs in as"):
        on.propose("admin", login=listed, state="absent")


def test_who_only_shares_a_name_with_the_own_account_is_not_protected() -> None:
    """XCI lists the own login itself: ``admin@corp`` is somebody else then."""
    on = World({ADMINS: items(SELF, fakes.admin(2, "admin@corp"))})
    assert on.operation("admin", login="admin@corp", state="absent").action == DELETE


@pytest.mark.parametrize(
    ("own", "listed", "found", "certain"),
    [
        ("admin", ["admin", "bob"], {"admin"}, True),
        ("admin", ["ADMIN", "bob"], {"ADMIN"}, True),
        ("admin", ["admin", "ADMIN"], {"admin", "ADMIN"}, True),
        ("me@corp", ["me", "you"], {"me"}, False),
        ("CORP\\me", ["me", "you"], {"me"}, False),
        ("me", ["me@corp", "CORP\\ME", "you@corp"], {"me@corp", "CORP\\ME"}, False),
        ("me@corp", ["me", "me@corp"], {"me@corp"}, True),
        ("me", ["you"], {"you"}, False),
    ],
)
def test_own_accounts(own: str, listed: list[str], found: set[str], certain: bool) -> None:
    on = World({ADMINS: items(*(fakes.admin(number, login) for number, login in enumerate(listed, 1)))})
    on.client.settings = Settings(SETTINGS.url, own, "made-up")
    assert own_accounts(RESOURCES["admin"], on.state) == (found, certain)


# -- what XCI may refuse ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "conflict"),
    [
        pytest.param({}, "only to paris, default@paris", id="elsewhere"),
        pytest.param({"xivos": [], "entities": [17]}, "only to default@paris", id="another-entity"),
        pytest.param({"xivos": [], "entities": []}, "", id="unrestricted"),
        pytest.param({"xivos": [1, 2], "entities": []}, "", id="its-xivo"),
        pytest.param({"xivos": [1], "entities": [LYON_DEFAULT["combinedId"]]}, "", id="its-entity"),
    ],
)
def test_a_template_has_to_be_available(template: dict[str, Any], conflict: str) -> None:
    on = World({TEMPLATES: [fakes.template(3, "desk", **template)]})
    operation = on.operation("user", **{**NEW, "entity": "default@lyon"})
    why = f"template desk is not available to entity default@lyon, {conflict}"
    assert operation.conflicts == ([("template", why)] if conflict else [])


def test_only_what_is_given_is_checked_for_conflicts() -> None:
    on = World({TEMPLATES: [fakes.template(3, "desk", xivos=[2], entities=[])]})
    operation = on.operation("user", **ZOE, first_name="Zoe")
    assert operation.conflicts == []
    assert TEMPLATES not in on.client.calls
    assert [name for name, _why in on.operation("user", **ZOE, first_name="Zoe", template="desk").conflicts] == [
        "template"
    ]


def test_a_removal_has_no_conflicts() -> None:
    on = World()
    assert on.operation("user", **ZOE, state="absent").conflicts == []
    assert on.client.calls == [ENTITIES, users(DEFAULT)]


# -- numbers that may be a mistake --------------------------------------------------------------------------


def unusual(policy: str | None, number: str, **more: Any) -> list[str]:
    options = {"entity": "default@paris", "template": "desk", "last_name": "Bo", "internal_number": number, **more}
    given = {**options, "numbers": policy} if policy else options
    desired = parse(RESOURCES["user"], given).checked().desired
    return texts(propose(RESOURCES["user"], given, desired, World().state).warnings)


OUTSIDE = "internal_number: 5001 is outside of the intervals of default@paris (200-299)"
ALIKE = "internal_number: 0201 and 201, which another user has, differ in leading zeros only"


@pytest.mark.parametrize(("number", "warning"), [("5001", OUTSIDE), ("0201", ALIKE), ("250", "")])
def test_a_number_that_may_be_a_mistake(number: str, warning: str) -> None:
    expected = [warning] if warning else []
    assert unusual(None, number) == unusual("warn", number) == expected
    assert unusual("any", number) == []
    if not warning:
        assert unusual("inside", number) == []
        return
    with pytest.raises(InputError) as caught:
        unusual("inside", number)
    assert str(caught.value) == warning


def test_a_number_that_somebody_has_is_no_mistake() -> None:
    on = World({users(DEFAULT): items(fakes.user(5, "5001"))})
    options = {"entity": "default@paris", "internal_number": "5001", "first_name": "Zoe", "template": "desk"}
    proposal = propose(RESOURCES["user"], {**options, "numbers": "inside"}, dict(options), on.state)
    assert proposal.operation is not None
    assert proposal.warnings == []
