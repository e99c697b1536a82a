# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""xci_config with faults in the middle of many writes, lists that can't be read, and documents against oneself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import pace, transport
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.reliability import faults
from ansible_collections.xivo.xci.tests.reliability.faults import FAULTS, Fault
from ansible_collections.xivo.xci.tests.reliability.matrix import ALLOWED_TWICE, Clock, state_of
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD

SEEN = [fault for fault in FAULTS if fault.what and fault.what.get("body") not in (faults.ORIGINAL, faults.TWISTED)]
PARALLELISM = 8
TIMEOUT = 3.0


def start_of(size: int) -> dict[str, Any]:
    """Return a server with two fifths of *size* users."""
    there = range(1000, 1000 + 2 * size // 5)
    return {
        "xivos": [{"name": "nord", "host": "192.0.2.1"}],
        "entities": [{"name": "siège", "xivo": "nord", "intervals": [{"start": "1000", "end": "3999"}]}],
        "templates": [{"name": "modèle", "xivos": ["nord"]}],
        "users": [
            {"entity": "siège@nord", "template": "modèle", "firstName": "Zoé", "internalNumber": str(number)}
            for number in there
        ],
        "administrators": [{"login": "second", "password": "another-made-up-password", "superAdmin": True}],
    }


def document_of(size: int) -> dict[str, Any]:
    """Return a document that takes *size* writes: a fifth edits, a fifth deletions, the rest creations."""
    edited, kept = range(1000, 1000 + size // 5), range(2000, 2000 + 3 * size // 5)
    users = [(number, "Zoë") for number in edited] + [(number, "Ève") for number in kept]
    return {
        "users": [
            {"entity": "siège@nord", "template": "modèle", "internal_number": str(number), "first_name": name}
            for number, name in users
        ],
        "purge": ["users"],
        "max_deletions": size,
        "parallelism": PARALLELISM,
    }


def configure(sandbox: Sandbox, document: dict[str, Any], timeout: float = 60.0, check: bool = False) -> dict[str, Any]:
    options = {**defaults("xci_config"), **server.connection(sandbox, timeout=timeout), **document}
    context, clock = Context.start(options, check), Clock()
    with ExitStack() as stack:
        stack.callback(context.client.close)
        for place, name, replacement in (
            (pace, "time", clock),
            (Cancellation, "pause", lambda _self, seconds: clock.sleep(seconds)),
            (transport, "LARGEST_ANSWER", 2**20),
        ):
            stack.enter_context(mock.patch.object(place, name, replacement))
        return MODULES["xci_config"](options, context)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with server.running(dialects=ALLOWED_TWICE) as sandbox:
        yield sandbox


def writes(sandbox: Sandbox) -> list[str]:
    """Return what was asked that is neither a read nor a login."""
    return [one for one in server.asked(sandbox) if not one.startswith("GET ") and one != "POST /login"]


def break_off(sandbox: Sandbox, size: int, fault: Fault, on_error: str, times: int) -> None:
    """Apply a document whose writes meet a fault in the middle, and check what came of it."""
    sandbox.load(start_of(size))
    start, document = state_of(sandbox), {**document_of(size), "on_error": on_error}
    what = {**(fault.what or {})}
    if what.get("location") == faults.OTHER:
        what["location"] = "http://127.0.0.1:1/"
    if what.get("body") == faults.EMPTY:
        what["body"] = {"items": []}
    if fault.timeout:
        what["seconds"] = what["seconds"] * TIMEOUT / faults.SHORT / 2
    sandbox.faults.add({"path": "^/users", "nth": size // 2, "times": times, "fault": what})
    result = configure(sandbox, document, TIMEOUT if fault.timeout else 60.0)
    sandbox.faults.clear()
    failed = [(one["kind"], one["key"]) for one in result["errors"]]
    not_tried = len(result["not_tried"])
    if not result.get("failed"):
        assert not failed
        assert not_tried == 0
    elif on_error == "continue":
        assert len(failed) <= times
        assert not_tried == 0
    else:
        assert 1 <= len(failed) <= PARALLELISM
    assert len(set(failed)) == len(failed)
    if fault.timeout:
        _wait_for_late_work(sandbox, what)
    middle = state_of(sandbox)
    _nothing_twice(middle)
    result = configure(sandbox, document)
    assert not result.get("failed"), result["msg"]
    goal = state_of(sandbox)
    _nothing_twice(goal)
    assert not middle - (start | goal)
    assert not (start & goal) - middle
    assert sum(text.startswith("users ") for text in goal) == 4 * size // 5
    assert configure(sandbox, document)["changed"] is False


def _wait_for_late_work(sandbox: Sandbox, what: dict[str, Any]) -> None:
    import time  # noqa: PLC0415 (the one that is not replaced)

    before = -1
    while before != len(sandbox.requests()):
        before = len(sandbox.requests())
        time.sleep(what["seconds"] + 0.2)


def _nothing_twice(state: Counter[str]) -> None:
    assert [text for text, count in state.items() if count > 1] == []


@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize("fault", [one for one in SEEN if not one.timeout][::3], ids=lambda fault: fault.name)
def test_a_fault_in_the_middle_of_a_small_document(sandbox: Sandbox, fault: Fault, on_error: str) -> None:
    break_off(sandbox, 30, fault, on_error, times=1)


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize("fault", SEEN, ids=lambda fault: fault.name)
def test_a_fault_in_the_middle_of_500_writes(sandbox: Sandbox, fault: Fault, on_error: str, times: int) -> None:
    break_off(sandbox, 500, fault, on_error, times)


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(
    "what", [{"kind": "status", "status": 400}, {"kind": "close", "when": "after"}], ids=["refused", "lost"]
)
@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_an_exchange_of_numbers_that_breaks_off_is_finished_by_the_next_run(
    sandbox: Sandbox, nth: int, what: dict[str, Any], on_error: str
) -> None:
    """Two users with each other's number take three writes; whichever fails, nobody is lost."""
    sandbox.dialects.change({"duplicate_numbers": "refused"})
    sandbox.load(
        {
            **start_of(0),
            "users": [
                {"entity": "siège@nord", "template": "modèle", "firstName": name, "internalNumber": number}
                for name, number in (("Zoé", "1000"), ("Ève", "1001"))
            ],
        }
    )
    names = {"Zoé": "1001", "Ève": "1000"}
    users = [
        {
            "entity": "siège@nord",
            "template": "modèle",
            "match_on": "name",
            "first_name": name,
            "internal_number": number,
        }
        for name, number in names.items()
    ]
    sandbox.faults.add({"method": "PUT", "nth": nth, "times": 1, "fault": what})
    first = configure(sandbox, {"users": users, "on_error": on_error})
    assert bool(first.get("failed")) is (what["kind"] == "status")
    assert {(one["key"][:4]) for one in first["errors"]} <= {"1000", "1001"}
    sandbox.faults.clear()
    assert not configure(sandbox, {"users": users}).get("failed")
    assert {one["firstName"]: one["internalNumber"] for one in sandbox.state()["users"]} == names
    assert configure(sandbox, {"users": users})["changed"] is False


# -- deletions ----------------------------------------------------------------------------------------------


def test_max_deletions_holds_before_the_first_write(sandbox: Sandbox) -> None:
    sandbox.load(start_of(60))
    before = state_of(sandbox)
    result = configure(sandbox, {**document_of(60), "max_deletions": 11})
    assert result["failed"]
    assert "this would delete 12 objects, and max_deletions is 11" in result["msg"]
    assert (writes(sandbox), state_of(sandbox)) == ([], before)
    assert not configure(sandbox, {**document_of(60), "max_deletions": 12}).get("failed")


LISTS = [fault for fault in FAULTS if fault.what and fault.expected[faults.READ] != {faults.DONE} and not fault.blinds]


@pytest.mark.parametrize("path", ["^/xivo$", "^/entities$", "/users$", "^/templates$", "^/administrators$"])
@pytest.mark.parametrize("fault", LISTS, ids=lambda fault: fault.name)
def test_a_list_that_can_not_be_read_stops_all_writes(sandbox: Sandbox, fault: Fault, path: str) -> None:
    sandbox.load(start_of(30))
    before = state_of(sandbox)
    assert fault.what
    what = {**fault.what, **({"body": {"items": [{"id": "x"}]}} if fault.what.get("body") == faults.TWISTED else {})}
    sandbox.faults.add({"method": "GET", "path": path, "times": 0, "fault": what})
    document = {
        **document_of(30),
        "entities": [],
        "templates": [{"name": "modèle"}],
        "admins": [],
        "purge": ["users", "entities", "templates", "admins"],
    }
    result = configure(sandbox, document)
    assert result["failed"], result
    assert (writes(sandbox), state_of(sandbox)) == ([], before)


@pytest.mark.parametrize("left", [0, 1, 5])
def test_a_shortened_list_deletes_nothing_that_it_should_not(sandbox: Sandbox, left: int) -> None:
    """What the list hides is taken for missing, and XCI may refuse to have it twice; deleted is only what it shows."""
    sandbox.load(start_of(30))
    users = {one["internalNumber"]: one for one in sandbox.state()["users"]}
    context = Context.start({**_connection(sandbox), "validate_certs": True, "timeout": 60.0, "retries": 3})
    entity = context.client.read("/entities")["items"][0]
    shown = context.client.read(f"/entities/{entity['combinedId']}/users")["items"][:left]
    context.client.close()
    sandbox.faults.add(
        {"method": "GET", "path": "/users$", "times": 0, "fault": {"kind": "body", "body": {"items": shown}}}
    )
    kept = [
        {"entity": "siège@nord", "template": "modèle", "internal_number": number, "first_name": "Zoé"}
        for number in users
    ]
    configure(sandbox, {"users": kept, "purge": ["users"], "max_deletions": 1000, "on_error": "continue"})
    assert not [one for one in writes(sandbox) if one.startswith("DELETE")]
    assert {one["id"] for one in users.values()} <= {one["id"] for one in sandbox.state()["users"]}


def _connection(sandbox: Sandbox) -> dict[str, Any]:
    return {"xci_url": sandbox.url, "xci_login": ADMIN, "xci_password": PASSWORD}


# -- oneself ------------------------------------------------------------------------------------------------

AGAINST_ONESELF = {
    "not listed": {"admins": [], "purge": ["admins"]},
    "only another": {"admins": [{"login": "second"}], "purge": ["admins"]},
    "absent": {"admins": [{"login": ADMIN, "state": "absent"}]},
    "absent by id": {"admins": [{"id": 1, "state": "absent"}]},
    "renamed, and absent": {"admins": [{"id": 1, "login": "else"}, {"login": ADMIN, "state": "absent"}]},
    "renamed, and purged": {"admins": [{"id": 1, "login": "else", "password": PASSWORD}], "purge": ["admins"]},
    "name given to another": {
        "admins": [{"id": 1, "login": "else", "password": PASSWORD}, {"login": ADMIN, "password": PASSWORD}],
        "purge": ["admins"],
    },
}


def test_case_does_not_tell_oneself_from_another(sandbox: Sandbox) -> None:
    """A directory may let somebody in whichever way the login is written; XCI shows it in one."""
    sandbox.load({"administrators": [{"login": ADMIN.upper(), "password": PASSWORD}]})
    for document in ({"admins": [], "purge": ["admins"]}, {"admins": [{"login": ADMIN.upper(), "state": "absent"}]}):
        configure(sandbox, document)
    assert len(sandbox.state()["administrators"]) == 2


@pytest.mark.parametrize("check", [True, False], ids=["check", "run"])
@pytest.mark.parametrize("document", AGAINST_ONESELF.values(), ids=AGAINST_ONESELF)
def test_the_administrator_logged_in_as_survives(sandbox: Sandbox, document: dict[str, Any], check: bool) -> None:
    sandbox.load(start_of(5))
    configure(sandbox, document, check=check)
    assert 1 in [one["id"] for one in sandbox.state()["administrators"]]
    assert "DELETE /administrators/1" not in writes(sandbox)


@pytest.mark.parametrize("spelled", [None, "admin@example.org", "CORP\\admin"])
def test_nobody_is_purged_where_xci_does_not_show_oneself(sandbox: Sandbox, spelled: str | None) -> None:
    """XCI may keep another spelling of a login than the one that an LDAP server accepts, or hide the account."""
    sandbox.load({"administrators": [{"login": "second", "password": PASSWORD}]})
    stored = sandbox.state()["administrators"]
    shown = [{**one, "login": spelled if one["login"] == ADMIN else one["login"]} for one in stored]
    shown = [one for one in shown if one["login"]]
    sandbox.faults.add(
        {"method": "GET", "path": "/administrators$", "times": 0, "fault": {"kind": "body", "body": {"items": shown}}}
    )
    result = configure(sandbox, {"admins": [], "purge": ["admins"]})
    assert not result.get("failed"), result
    assert not writes(sandbox)
    if spelled:
        gone = configure(sandbox, {"admins": [{"id": 1, "state": "absent"}]})
        assert "that this task logs in as" in gone["msg"]
        assert not writes(sandbox)
