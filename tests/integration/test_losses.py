# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes along with a change unasked is said before, and what somebody else changed meanwhile is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from xcisandbox.messages import Answer, Request

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings, base_url
from ansible_collections.xivo.xci.tests.integration.harness import Site, in_check, user
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, START, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

pytestmark = pytest.mark.core

Make = Callable[..., Site]

NUMBERS = [str(number) for number in range(1002, 1010)]
PEOPLE = {
    **START,
    "users": [
        *START["users"],
        *(
            {"entity": "accueil@xivo-nord", "template": TEMPLATE, "lastName": f"N{number}", "internalNumber": number}
            for number in NUMBERS
        ),
    ],
}
WHY = f"XCI does not show which one it is; the change sets {TEMPLATE!r} (default_template)"


def config(**options: Any) -> Task:
    return {"xivo.xci.xci_config": options}


def renamed(**more: Any) -> list[dict[str, Any]]:
    """Return a document's entries for all users, each with a new first name."""
    return [
        {"entity": "accueil@xivo-nord", "internal_number": number, "first_name": "Neuf", **more} for number in NUMBERS
    ]


def test_a_template_that_nobody_gave_is_counted_named_and_can_be_refused(site: Make) -> None:
    server = site(start=PEOPLE)
    document = config(users=renamed(), default_template=TEMPLATE)
    (refused,) = server.play(
        config(users=renamed(), default_template=TEMPLATE, losses="refuse"), may_warn=True, may_fail=True
    )
    assert refused.msg == f"nothing was changed, because losses is refuse: template of 8 users: {WHY}"
    assert not refused.writes
    predicted, real = server.play(in_check(document), document, may_warn=True)
    for outcome in (predicted, real):
        assert outcome.warnings == [f"template of 8 users: {WHY}"]
        assert len(outcome.result["losses"]) == 8
        assert outcome.result["losses"][0] == {
            "kind": "user",
            "key": "1002@accueil@xivo-nord",
            "name": "N1002",
            "option": "template",
            "why": WHY,
        }
        assert [one["sends"] for one in outcome.result["plan"]] == [{"template": TEMPLATE}] * 8
        assert f"template: {TEMPLATE}" in outcome.result["diff"][0]["after"]
    (given,) = server.play(config(users=renamed(last_name="Neuf", template=TEMPLATE)))
    assert given.result["losses"] == []


def test_a_number_that_may_be_a_mistake_is_warned_of_or_refused(site: Make) -> None:
    server = site()
    new = {"entity": "accueil@xivo-nord", "internal_number": "5001", "last_name": "Loin", "template": TEMPLATE}
    outside = "5001 is outside of the intervals of accueil@xivo-nord (1000-1999)"
    refused, in_document = server.play(
        user(**new, numbers="inside"), config(users=[new], numbers="inside"), may_fail=True
    )
    assert refused.msg == f"internal_number: {outside}"
    assert in_document.result["errors"][0]["msg"] == outside
    any_number, _document = server.play(
        in_check(user(**new, numbers="any")), in_check(config(users=[{**new, "numbers": "any"}]))
    )
    assert any_number.changed
    (warned,) = server.play(user(**new), may_warn=True)
    assert warned.warnings == [f"internal_number: {outside}"]
    zeros = {**new, "internal_number": "01001"}
    (warned,) = server.play(in_check(config(users=[zeros])), may_warn=True)
    assert "01001 and 1001, which another user has, differ in leading zeros only" in str(warned.warnings)


class Colleague:
    """Renames the last user in XCI's web page once the first one was written, before that is answered."""

    def __init__(self, server: Site, change: dict[str, Any]) -> None:
        self.server, self.change = server, change
        self._respond = server.sandbox._listener._respond
        self._is_done = False

    def respond(self, request: Request) -> Answer:
        answer = self._respond(request)
        if request.method == "PUT" and not self._is_done:
            self._is_done = True
            self._rename()
        return answer

    def _rename(self) -> None:
        client = Client(Settings(base_url(self.server.connection["xci_url"]), ADMIN, PASSWORD))
        last = next(one for one in self.server.users() if one["internalNumber"] == NUMBERS[-1])
        shown = client.read(f"/users/{last['id']}")
        kept = {key: shown[key] for key in ("firstName", "lastName", "internalNumber")}
        body = {"entityCId": shown["entity"]["combinedId"], "templateId": 1, **kept, **self.change}
        client.write("PUT", f"/users/{last['id']}", body)
        client.close()


@pytest.mark.parametrize(
    ("change", "warned"),
    [({"lastName": "Mariée"}, False), ({"lastName": "Mariée", "firstName": "Autre"}, True)],
    ids=["of another option", "of the same option"],
)
def test_what_somebody_changes_during_a_long_run_is_kept(
    site: Make, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], warned: bool
) -> None:
    server = site(start=PEOPLE)
    monkeypatch.setattr(server.sandbox._listener, "_respond", Colleague(server, change).respond)
    server.sandbox.faults.add(
        {"path": "^/users/", "method": "PUT", "times": 8, "fault": {"kind": "delay", "seconds": 0.4}}
    )
    outcomes = server._run(
        [config(users=renamed(template=TEMPLATE), parallelism=1)],
        False,
        {"connection": server.connection, "ignore_errors": True},
        None,
    )
    last = next(one for one in server.users() if one["internalNumber"] == NUMBERS[-1])
    assert (last["firstName"], last["lastName"]) == ("Neuf", "Mariée")
    assert ("it was changed on XCI meanwhile (first_name: '' is now 'Autre')" in str(outcomes[0].warnings)) is warned
