# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes whose answer was lost, is empty or odd: what is looked for, sent again, and taken for the object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import AmbiguousResult, ApiError
from ansible_collections.xivo.xci.plugins.module_utils.engine.propose import propose
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model.change import compare
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES, TEMPLATE
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.support.clock import Clock
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import DEFAULT, WORLD, FakeClient, Turns, items, user, users

SEED = {
    "xivos": [{"name": "paris"}],
    "entities": [{"name": "default", "xivo": "paris", "intervals": [{"start": "200", "end": "299"}]}],
    "templates": [{"name": "desk", "xivos": ["paris"]}],
    "users": [{"entity": "default@paris", "firstName": "Zoé", "internalNumber": "200", "template": "desk"}],
}
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def on(start: Callable[..., Sandbox], clock: Clock) -> Iterator[Callable[..., tuple[Sandbox, Run]]]:
    """Makes a server of some dialects, and what runs modules on it with one state, as the items of a loop do."""
    tasks: list[Context] = []

    def make(**dialects: str) -> tuple[Sandbox, Run]:
        sandbox = start(dialects=dialects)
        sandbox.load(SEED)
        connection: dict[str, Any] = {"xci_url": sandbox.origin, "xci_login": "admin", "xci_password": "superpass"}
        task = Context.start(connection | {"validate_certs": True, "timeout": 5.0, "retries": 0}, diff=True)
        tasks.append(task)

        def run(module: str, **options: Any) -> dict[str, Any]:
            result = MODULES[module]({**defaults(module), **options}, task)
            assert not result.get("failed"), result["msg"]
            return result

        return sandbox, run

    yield make
    for task in tasks:
        task.client.close()


def sent(sandbox: Sandbox, method: str) -> list[Any]:
    return [one["body"] for one in sandbox.requests() if one["method"] == method and one["path"] != "/login"]


def test_what_xci_keeps_with_an_interval_follows_it_from_edit_to_edit(on: Callable[..., tuple[Sandbox, Run]]) -> None:
    """Where a write has no answer, the next one builds on what was sent, and not on what was there before."""
    sandbox, run = on(write_body="none", extra_keys="yes")
    for start, end in (("200", "250"), ("150", "250")):
        run("xci_entity", name="default", xivo="paris", intervals=[{"start": start, "end": end}])
    assert [body["intervals"] for body in sent(sandbox, "PUT")] == [
        [{"start": "200", "end": "250", "routingMode": "sda"}],
        [{"start": "150", "end": "250", "routingMode": "sda"}],
    ]


@pytest.mark.parametrize("dialects", [
    {"user_entity": "null"}, {"user_entity": "absent"}, {"user_entity": "null", "write_body": "object"},
], ids=["null", "absent", "null-in-the-answer"])  # fmt: skip
def test_a_user_who_does_not_say_in_which_entity_he_is_is_found_again_after_a_write(
    on: Callable[..., tuple[Sandbox, Run]], dialects: dict[str, str]
) -> None:
    sandbox, run = on(**dialects)
    user = {"entity": "default@paris", "internal_number": "200", "template": "desk"}
    assert run("xci_user", **user, first_name="Zoe")["changed"]
    assert not run("xci_user", **user, first_name="Zoe")["changed"]
    assert run("xci_user", **user, state="absent")["changed"]
    assert sandbox.state()["users"] == []


def test_an_edit_that_was_lost_is_sent_again_although_list_and_get_disagree(
    on: Callable[..., tuple[Sandbox, Run]],
) -> None:
    """XCI shows another externalNumber in the list than alone: that is no sign that the edit was done."""
    sandbox, run = on()
    sandbox.faults.add({"method": "PUT", "path": "^/users/", "fault": {"kind": "status", "status": 502}})
    run("xci_user", entity="default", internal_number="200", first_name="Anne", template="desk")
    assert [body["firstName"] for body in sent(sandbox, "PUT")] == ["Anne", "Anne"]
    assert sandbox.state()["users"][0]["firstName"] == "Anne"


def test_what_was_found_after_a_lost_creation_is_not_read_again(
    on: Callable[..., tuple[Sandbox, Run]],
) -> None:
    sandbox, run = on()
    sandbox.faults.add({"method": "POST", "path": "^/templates$", "fault": {"kind": "reset", "when": "after"}})
    result = run("xci_template", name="bureau")
    assert result["template"]["id"]
    assert [one["path"] for one in sandbox.requests()].count("/templates") == len(["before", "creation", "after"])


def test_an_answer_in_an_odd_form_does_not_hide_what_was_made(on: Callable[..., tuple[Sandbox, Run]]) -> None:
    sandbox, run = on()
    run("xci_template", name="desk", ringing_time=20)
    whole = {**sandbox.state()["templates"][0], "id": 99, "ringingTime": "many", "entities": []}
    fault = {"kind": "body", "body": whole}
    sandbox.faults.add({"method": "POST", "path": "^/templates$", "fault": fault})
    assert run("xci_template", name="bureau")["template"]["ringing_time"] == 30
    assert run("xci_template", name="bureau")["changed"] is False


def lost_edit(*answers: Any, alone: Any) -> FakeClient:
    """Change a template; XCI answers the edits so, and shows the template alone so. Return what was asked."""
    client = FakeClient({**WORLD, "PUT /templates/3": Turns(*answers), "GET /templates/3": alone})
    state = State(client)  # type: ignore[arg-type]
    current = state.by_id(TEMPLATE, 3)
    assert current is not None
    operation = compare(TEMPLATE, {"ringing_time": 20}, current.values)
    assert operation is not None
    operation.raw = current.raw
    client.forget()
    write(operation, state)
    return client


def test_what_xci_does_not_show_alone_is_looked_for_in_the_list() -> None:
    """A server may say 400 for an id that it does not know, and a proxy 404 for one that it does."""
    client = lost_edit(AmbiguousResult("lost", finished=True), None, alone=ApiError("what?", 400))
    assert client.calls == ["PUT /templates/3", "GET /templates/3", "GET /templates", "PUT /templates/3"]


@pytest.mark.parametrize("way", [{"entity": None}, {"entity": ...}], ids=["null", "absent"])
def test_an_edit_that_was_lost_is_sent_again_where_users_do_not_say_in_which_entity_they_are(
    way: dict[str, Any],
) -> None:
    shown = {key: value for key, value in {**user(5, "200"), **way}.items() if value is not ...}
    client = FakeClient({**WORLD, users(DEFAULT): items(shown), "GET /users/5": shown,
                         "PUT /users/5": Turns(AmbiguousResult("lost", finished=True), None)})  # fmt: skip
    state = State(client)  # type: ignore[arg-type]
    edit = {"entity": "default@paris", "internal_number": "200", "template": "desk", "first_name": "Zoe"}
    operation = propose(RESOURCES["user"], edit, dict(edit), state).operation
    assert operation is not None
    write(operation, state)
    assert client.writes == ["PUT /users/5", "PUT /users/5"]


def test_where_looking_is_forbidden_nothing_more_is_tried() -> None:
    with pytest.raises(
        AmbiguousResult, match=r"XCI's answer was lost \(lost\).*looking for it failed too: not for you"
    ):
        lost_edit(AmbiguousResult("lost", finished=True), alone=ApiError("not for you", 403))


def test_a_refusal_is_no_lost_answer() -> None:
    with pytest.raises(AmbiguousResult, match=r"XCI refused \(broken\).*looking for it failed too: not for you"):
        lost_edit(ApiError("broken", 500), alone=ApiError("not for you", 403))
