# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found, what it costs, and that no edition of XCI makes a difference to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    AmbiguousResult,
    ApiError,
    ConnectionFailed,
    InputError,
    LoginRefused,
    UnexpectedResponse,
    UnknownReference,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules import info, sync
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.tests.support.server import alike

NORD, SUD = "8f159082-4b25-48b3-afec-1873491a60be", "15585b75-1d75-45b1-8678-520d1210ec59"
WORLD: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1", "uuid": NORD}, {"name": "sud", "host": "192.0.2.2", "uuid": SUD}],
    "entities": [
        {"name": "accueil", "xivo": "nord", "intervals": [{"start": "0100", "end": "0104"}, {"start": "200"}]},
        {"name": "compta", "xivo": "nord", "intervals": []},
        {"name": "accueil", "xivo": "sud", "intervals": [{"start": "100", "end": "199"}]},
    ],
    "templates": [
        {"name": "Poste", "xivos": ["nord"], "entities": ["accueil@sud"]},
        {"name": "Autre", "xivos": ["sud"]},
    ],
    "users": [
        {"entity": "accueil@nord", "template": "Poste", "firstName": "Zoé", "internalNumber": "0101"},
        {
            "entity": "accueil@nord",
            "template": "Poste",
            "firstName": "Élodie",
            "lastName": "D'Arc",
            "internalNumber": "200",
            "ctiLogin": "elodie",
            "ctiPassword": "un-secret-1",
        },
        {"entity": "accueil@sud", "template": "Poste", "lastName": "CLF 88:40 P3", "internalNumber": "200"},
        {"entity": "accueil@sud", "template": "Poste", "lastName": "Dehors", "internalNumber": "6260"},
    ],
    "administrators": [{"login": "chef", "name": "Chef", "password": "un-secret-2", "entities": ["accueil@nord"]}],
}
WITHOUT_ID = {"id", "remaining_slots", "provisioning_number", "external_number"}


class Memory(list[PlannedWrite]):
    """A journal in memory, as the tasks of one run in the worker share it."""

    def read(self) -> list[PlannedWrite]:
        taken, self[:] = list(self), []
        return taken

    def add(self, change: PlannedWrite) -> None:
        """Nobody else reads what this task plans."""


def task(sandbox: Sandbox, check: bool = False, **options: Any) -> Context:
    connection = {"xci_url": sandbox.origin, "xci_login": "admin", "xci_password": "superpass"}
    rest = {"validate_certs": True, "timeout": 5.0, "retries": 0}
    return Context.start({**connection, **rest, **options}, check)


@pytest.fixture
def world(sandbox: Sandbox) -> Sandbox:
    sandbox.load(WORLD)
    sandbox.log.clear()
    return sandbox


def show(sandbox: Sandbox, kind: str, **options: Any) -> list[dict[str, Any]]:
    resource = RESOURCES[kind]
    result = info.show(resource, options, task(sandbox))
    assert result["changed"] is False
    found: list[dict[str, Any]] = result[resource.plural]
    return found


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{one['method']} {one['path']}" for one in sandbox.requests()]


def titles(kind: str, found: list[dict[str, Any]]) -> list[str]:
    return [RESOURCES[kind].title(one) for one in found]


ALL = {
    "xivo": ["nord", "sud"],
    "entity": ["accueil@nord", "accueil@sud", "compta@nord"],
    "template": ["Autre", "Poste"],
    "user": ["0101@accueil@nord", "200@accueil@nord", "200@accueil@sud", "6260@accueil@sud"],
    "admin": ["admin", "chef"],
}
FOUND: list[tuple[str, dict[str, Any], list[str]]] = [
    *((kind, {}, titles) for kind, titles in ALL.items()),
    ("xivo", {"name": "sud"}, ["sud"]),
    ("xivo", {"uuid": NORD}, ["nord"]),
    ("xivo", {"id": 2}, ["sud"]),
    ("xivo", {"name": "est"}, []),
    ("xivo", {"name": "sud", "id": 1}, []),
    ("entity", {"name": "accueil"}, ["accueil@nord", "accueil@sud"]),
    ("entity", {"xivo": "nord"}, ["accueil@nord", "compta@nord"]),
    ("entity", {"xivo": SUD}, ["accueil@sud"]),
    ("entity", {"name": "accueil", "xivo": "2"}, ["accueil@sud"]),
    ("entity", {"combined_id": f"compta@{NORD}"}, ["compta@nord"]),
    ("template", {"xivo": "nord"}, ["Poste"]),
    ("template", {"entity": "accueil@sud"}, ["Poste"]),
    ("template", {"entity": "compta"}, []),
    ("template", {"name": "Autre"}, ["Autre"]),
    ("user", {"entity": "accueil@sud"}, ["200@accueil@sud", "6260@accueil@sud"]),
    ("user", {"xivo": "nord"}, ["0101@accueil@nord", "200@accueil@nord"]),
    ("user", {"internal_number": "200"}, ["200@accueil@nord", "200@accueil@sud"]),
    ("user", {"internal_number": 200, "entity": "accueil@sud"}, ["200@accueil@sud"]),
    ("user", {"internal_number": "200", "entity": "accueil", "xivo": "sud"}, ["200@accueil@sud"]),
    ("user", {"entity": "compta", "xivo": "sud"}, []),
    ("user", {"internal_number": "101"}, []),
    ("user", {"cti_login": "elodie"}, ["200@accueil@nord"]),
    ("user", {"cti_login": ""}, ["0101@accueil@nord", "200@accueil@sud", "6260@accueil@sud"]),
    ("user", {"first_name": "Élodie", "last_name": "D'Arc"}, ["200@accueil@nord"]),
    ("user", {"last_name": "CLF 88:40 P3"}, ["200@accueil@sud"]),
    ("user", {"id": 2}, ["200@accueil@nord"]),
    ("user", {"id": 2, "xivo": "nord"}, ["200@accueil@nord"]),
    ("user", {"id": 2, "xivo": "sud"}, []),
    ("user", {"id": 2, "entity": "accueil@sud"}, []),
    ("user", {"id": 99}, []),
    ("admin", {"login": "chef"}, ["chef"]),
    ("admin", {"entity": "accueil@nord"}, ["chef"]),
    ("admin", {"entity": "accueil@sud"}, []),
]


@pytest.mark.parametrize(("kind", "options", "expected"), FOUND)
def test_what_is_found(world: Sandbox, kind: str, options: dict[str, Any], expected: list[str]) -> None:
    assert titles(kind, show(world, kind, **options)) == expected


@pytest.mark.parametrize(
    ("number", "meant"), [("101", "0101@accueil@nord (Zoé)"), ("06260", "6260@accueil@sud (Dehors)"), ("102", "")]
)
def test_a_number_that_lost_its_zeros_is_offered(world: Sandbox, number: str, meant: str) -> None:
    context = task(world)
    assert info.show(RESOURCES["user"], {"internal_number": number}, context)["users"] == []
    hint = f"no user has the internal_number '{number}'; did you mean user {meant}?"
    assert context.warnings == ([hint] if meant else [])


@pytest.mark.parametrize(
    ("kind", "options", "reads"),
    [
        ("xivo", {}, ["/xivo"]),
        ("entity", {}, ["/entities"]),
        ("user", {"id": 2}, ["/users/2"]),
        ("user", {"entity": "accueil@sud"}, ["/entities", f"/entities/accueil%40{SUD}/users"]),
        (
            "user",
            {"xivo": "nord"},
            ["/entities", f"/entities/accueil%40{NORD}/users", f"/entities/compta%40{NORD}/users", "/xivo"],
        ),
        ("entity", {"usage": True, "name": "compta"}, ["/entities", f"/entities/compta%40{NORD}/users"]),
        (
            "entity",
            {"available_numbers": True, "name": "compta"},
            ["/entities", f"/entities/compta%40{NORD}/available_numbers"],
        ),
    ],
)
def test_what_it_costs(world: Sandbox, kind: str, options: dict[str, Any], reads: list[str]) -> None:
    show(world, kind, **options)
    assert sorted(asked(world)) == sorted(["POST /login", *(f"GET {path}" for path in reads)])


def test_all_users_are_one_list_for_each_entity(world: Sandbox) -> None:
    assert len(show(world, "user")) == 4
    assert len(asked(world)) == 1 + 1 + 3


def test_free_numbers_and_use_of_the_intervals(world: Sandbox) -> None:
    found = {one["combined_id"]: one for one in show(world, "entity", available_numbers=True, usage=True)}
    nord, compta, sud = (
        found[f"{name}@{uuid}"] for name, uuid in (("accueil", NORD), ("compta", NORD), ("accueil", SUD))
    )
    assert nord["available_numbers"] == ["0100", "0102", "0103", "0104"]
    assert nord["usage"] == [
        {"start": "200", "end": "200", "size": 1, "used": 1, "free": 0},
        {"start": "0100", "end": "0104", "size": 5, "used": 1, "free": 4},
    ]
    assert (compta["available_numbers"], compta["usage"]) == ([], [])
    # Neither of its users has a number of its interval.
    assert sud["usage"] == [{"start": "100", "end": "199", "size": 100, "used": 0, "free": 100}]
    assert "usage" not in show(world, "entity")[0]


def test_no_secret_whatever_xci_shows(start: Callable[..., Sandbox]) -> None:
    sandbox = start(dialects={"cti_password": "shown"})
    sandbox.load(WORLD)
    shown = repr([show(sandbox, kind) for kind in RESOURCES])
    assert "un-secret" not in shown
    assert "password" not in shown


@pytest.mark.parametrize("kind", list(RESOURCES))
def test_an_item_is_what_its_module_takes(world: Sandbox, kind: str) -> None:
    extra = {"available_numbers": True, "usage": True} if kind == "entity" else {}
    spec = RESOURCES[kind].argument_spec()
    for item in show(world, kind, **extra):
        assert set(item) <= set(spec)
        result = MODULES[f"xci_{kind}"]({**item, "state": "present"}, task(world, check=True))
        assert result.get("changed") is False, result


@pytest.mark.parametrize(
    ("switch", "value"),
    [(name, value) for name, values in alike().items() for value in values[1:]],
)
def test_every_edition_shows_the_same(start: Callable[..., Sandbox], switch: str, value: str) -> None:
    usual, other = start(), start(dialects={switch: value})
    hidden = WITHOUT_ID | ({"host"} if value == "blank" else set())
    shown = []
    for sandbox in (usual, other):
        sandbox.load(WORLD)
        found = [one for kind in RESOURCES for one in show(sandbox, kind)]
        found += show(sandbox, "entity", available_numbers=True, usage=True)
        found += show(sandbox, "user", id=2) + show(sandbox, "user", id=99)
        shown.append([{name: one[name] for name in one if name not in hidden} for one in found])
    assert shown[0] == shown[1]


def test_two_xivos_of_one_name_are_distinguished(start: Callable[..., Sandbox]) -> None:
    sandbox = start(dialects={"duplicate_names": "allowed"})
    sandbox.load({"xivos": [WORLD["xivos"][0], {**WORLD["xivos"][1], "name": "nord"}]})
    assert [one["uuid"] for one in show(sandbox, "xivo", name="nord")] == sorted([NORD, SUD])
    with pytest.raises(UnknownReference, match="ambiguous"):
        show(sandbox, "entity", xivo="nord")


def test_an_entity_is_found_by_its_name_with_its_xivo(world: Sandbox) -> None:
    assert [one["xivo"] for one in show(world, "entity", name="accueil@sud")] == ["sud"]
    assert show(world, "entity", name="accueil@sud", xivo="nord") == []
    assert show(world, "entity", name="accueil@est") == []


# -- what goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("user", {"entity": "acceuil@nord"}, "entity 'acceuil@nord' not found.*did you mean accueil@nord"),
        ("user", {"entity": "accueil"}, "ambiguous.*accueil@nord, accueil@sud"),
        ("user", {"xivo": "est"}, "xivo 'est' not found"),
        ("user", {"entity": ""}, "^entity: invalid value: it is empty"),
        ("entity", {"xivo": "est"}, "xivo 'est' not found"),
        ("template", {"entity": "nulle"}, "entity 'nulle' not found"),
        ("admin", {"entity": "nulle"}, "entity 'nulle' not found"),
    ],
)
def test_a_reference_that_means_nothing(world: Sandbox, kind: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        show(world, kind, **options)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, ApiError),
        ({"kind": "status", "status": 503}, ApiError),
        ({"kind": "status", "status": 404}, ApiError),
        ({"kind": "reset"}, ConnectionFailed),
        ({"kind": "cut"}, XciError),
        ({"kind": "html"}, UnexpectedResponse),
        ({"kind": "redirect", "location": "http://192.0.2.99/login"}, UnexpectedResponse),
        ({"kind": "body", "body": {"items": None}}, UnexpectedResponse),
        ({"kind": "body", "body": {"items": [{"id": "x"}]}}, UnexpectedResponse),
    ],
)
def test_one_list_of_many_that_can_not_be_read_is_an_error(
    world: Sandbox, fault: dict[str, Any], error: type[XciError]
) -> None:
    world.faults.add({"method": "GET", "path": f"compta%40{NORD}/users$", "times": 0, "fault": fault})
    with pytest.raises(error):
        show(world, "user")


def test_free_numbers_that_can_not_be_read_are_an_error(world: Sandbox) -> None:
    world.faults.add({"path": "available_numbers$", "nth": 2, "times": 0, "fault": {"kind": "status", "status": 500}})
    with pytest.raises(ApiError, match="500"):
        show(world, "entity", available_numbers=True)


def test_a_refused_login(world: Sandbox) -> None:
    with pytest.raises(LoginRefused, match="check xci_login and xci_password"):
        info.show(RESOURCES["xivo"], {}, task(world, xci_password="wrong"))


@pytest.mark.parametrize("identity", [0, -1])
def test_nobody_is_asked_for_what_can_be_no_id(identity: int) -> None:
    with pytest.raises(InputError, match=f"id: invalid id {identity}"):
        info._parse(RESOURCES["user"], {"id": identity})
    assert info._parse(RESOURCES["user"], {"id": 1}) == {"id": 1}


# -- check mode ---------------------------------------------------------------------------------------------


def planned(name: str, **values: Any) -> PlannedWrite:
    whole = {one.name: one.empty for one in RESOURCES[name].fields if one.reads and not one.secret}
    return PlannedWrite(name, "create", -7, {**whole, **values, "id": -7})


def test_check_mode_shows_what_was_planned(world: Sandbox) -> None:
    write = planned("user", entity="accueil@nord", first_name="Alba", internal_number="0100")
    view = task(world, check=True)
    view.journal = Memory([write])
    found = info.show(RESOURCES["user"], {"entity": "accueil@nord", "internal_number": "0100"}, view)["users"]
    assert [(one["first_name"], one["id"]) for one in found] == [("Alba", None)]
    entities = info.show(RESOURCES["entity"], {"xivo": "nord", "available_numbers": True, "usage": True}, view)
    accueil = entities["entities"][0]
    assert accueil["available_numbers"] == ["0102", "0103", "0104"]
    assert [one["used"] for one in accueil["usage"]] == [1, 2]


def test_check_mode_without_a_journal_warns_of_what_it_can_not_know(world: Sandbox) -> None:
    alone = task(world, check=True)
    assert info.show(RESOURCES["user"], {"entity": "new@nord"}, alone)["users"] == []
    assert any("'new@nord' does not exist yet" in str(warning) for warning in alone.warnings)


# -- synchronising ------------------------------------------------------------------------------------------

SYNC = {"method": "GET", "path": f"^{sync.PATH}$"}


def test_synchronising_acts_once(world: Sandbox) -> None:
    assert sync.synchronize({}, task(world)) == {"changed": True}
    assert world.state()["synchronized"] == 1


def test_check_mode_does_not_synchronise(world: Sandbox) -> None:
    result = sync.synchronize({}, task(world, check=True))
    assert (result["changed"], result["skipped"]) == (True, True)
    assert asked(world) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "when": "after"},
        {"kind": "status", "status": 504, "when": "after"},
        {"kind": "html"},
        {"kind": "redirect", "location": "/login"},
    ],
)
def test_a_lost_answer_does_not_synchronise_twice(world: Sandbox, fault: dict[str, Any]) -> None:
    world.faults.add({**SYNC, "times": 0, "fault": fault})
    with pytest.raises(AmbiguousResult, match="it is not known whether it synchronised"):
        sync.synchronize({}, task(world, retries=3))
    assert asked(world).count(f"GET {sync.PATH}") == 1


def test_synchronising_says_what_xci_refuses(world: Sandbox) -> None:
    world.faults.add({**SYNC, "times": 0, "fault": {"kind": "status", "status": 500, "body": "no way"}})
    with pytest.raises(ApiError, match="no way"):
        sync.synchronize({}, task(world, retries=3))
    assert asked(world).count(f"GET {sync.PATH}") == 1
