# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers 200 and speaks of an error: a change is what can be seen, not what the status says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, admin, entity, template, user
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

CAMILLE = {"entity": "accueil@xivo-nord", "internal_number": "1001"}
NEW = {"entity": "accueil@xivo-nord", "internal_number": "1002", "last_name": "Neuf", "template": TEMPLATE}
WRITES = [
    user(**NEW),
    user(**CAMILLE, last_name="Autre", template=TEMPLATE),
    user(**CAMILLE, state="absent"),
    entity(name="neuve", xivo="xivo-nord"),
    entity(name="compta", xivo="xivo-nord", display_name="Autre"),
    entity(name="compta", xivo="xivo-nord", state="absent"),
    template(name="Neuf", xivos=["xivo-nord"]),
    template(name=TEMPLATE, ringing_time=10),
    admin(login="neuf", password="made-up-for-neuf"),
    admin(login="mlefevre", state="absent"),
]


def test_nothing_done_is_no_change_whatever_the_status_says(site: Callable[..., Site]) -> None:
    server = site(dialects={"lies": "writes", "cti_password": "shown"})
    before = server.sandbox.state()
    outcomes = server.play(*WRITES, may_fail=True)
    assert server.sandbox.state() == before
    for outcome in outcomes:
        assert (outcome.status, outcome.result.get("changed", False)) == ("failed", False), outcome.result
        assert 'answered 200: {"error":"nothing was saved"}' in outcome.msg
        assert "The change was not applied" in outcome.msg
        assert len(outcome.writes) == 1


def test_a_document_says_what_was_not_done(site: Callable[..., Site]) -> None:
    server = site(dialects={"lies": "refusals", "cti_password": "shown"})
    taken = {"entity": "accueil@xivo-nord", "internal_number": "1003", "last_name": "Pris", "template": TEMPLATE}
    fault = {"kind": "body", "body": {"errors": [{"msg": "no licence left"}]}, "when": "before"}
    server.sandbox.faults.add({"method": "POST", "path": "^/users$", "fault": fault})
    task = {"xivo.xci.xci_config": {"users": [NEW, taken], "on_error": "continue", "parallelism": 1}}
    (outcome,) = server.play(task, may_fail=True)
    assert (outcome.status, outcome.changed) == ("failed", True)
    (error,) = outcome.result["errors"]
    assert "no licence left" in error["msg"]
    assert "The change was not applied" in error["msg"]
    assert sorted(one["internalNumber"] for one in server.users()) in (["1001", "1002"], ["1001", "1003"])


@pytest.mark.parametrize("body", [{"message": "utilisateur enregistré"}, {"error": "the XiVO answers slowly"}])
def test_what_was_done_is_a_change_whatever_the_answer_says(site: Callable[..., Site], body: Any) -> None:
    server = site(dialects={"cti_password": "shown"})
    fault = {"kind": "body", "body": body}
    for method in ("POST", "PUT", "DELETE"):
        server.sandbox.faults.add({"method": method, "path": "^/users", "times": 0, "fault": fault})
    made, changed, removed, again = server.play(
        user(**NEW), user(**NEW, first_name="Zoé"), user(**NEW, state="absent"), user(**NEW, state="absent")
    )
    assert (made.changed, made.object["internal_number"], made.object["id"]) == (True, "1002", 2)
    assert (changed.changed, changed.object["first_name"]) == (True, "Zoé")
    assert (removed.changed, again.changed) == (True, False)
    assert len(server.users()) == 1
