# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways of running say and send the same; what a module returned can be given back to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.integration.cycles import CYCLES
from ansible_collections.xivo.xci.tests.integration.harness import (
    Outcome,
    Site,
    admin,
    entity,
    in_check,
    template,
    user,
    xivo,
)
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

CREATE: dict[str, Task] = {
    "xivo": xivo(name="xivo-est", host="192.0.2.30"),
    **{kind: {cycle.module: {**cycle.name, **cycle.create}} for kind, cycle in CYCLES.items()},
}
OTHERS: list[Task] = [
    user(entity="accueil", internal_number="1001"),
    entity(name="urgences", xivo="xivo-nord", intervals=[{"start": "2000", "end": "2999"}, {"start": "2500"}]),
    template(name=TEMPLATE, ringing_time=99, custom_caller_id="1"),
    admin(login="mlefevre", password="not-hers-at-all"),
    user(entity="compta", match_on="name", first_name="Léa", template=TEMPLATE),
    xivo(name="xivo-sud", state="absent"),
]


def test_what_a_module_returned_can_be_given_back(site: Any) -> None:
    server = site()
    made = [{**task, "register": f"made_{kind}"} for kind, task in CREATE.items()]
    # Ansible itself warns of arguments that come from a variable.
    given_back = [{f"xivo.xci.xci_{kind}": {}, "args": f"{{{{ made_{kind}.{kind} }}}}"} for kind in CREATE]
    outcomes = server.play(*made, *given_back, may_warn=True)
    assert [outcome.changed for outcome in outcomes] == [True] * len(CREATE) + [False] * len(CREATE)


def comparable(outcome: Outcome) -> dict[str, Any]:
    """Return all that must be the same in both ways; the numbers that the sandbox draws are not."""
    invocation = outcome.result.get("invocation", {}).get("module_args", {})
    return {
        "status": outcome.status,
        "told": outcome.told("exception"),
        "calls": "calls" in outcome.result,
        "arguments": {key: value for key, value in invocation.items() if not key.startswith("xci_")},
        "writes": [(write.method, write.path, write.body) for write in outcome.writes],
    }


def test_both_ways_say_and_write_the_same(tmp_path: Path) -> None:
    seen: dict[str, list[dict[str, Any]]] = {}
    tasks = [way(task) for task in [*CREATE.values(), *OTHERS] for way in (in_check, dict)]
    for way in ("module", "worker"):
        folder = tmp_path / way
        folder.mkdir()
        with (server := Site(way, folder)).sandbox:
            seen[way] = [comparable(one) for one in server.play(*tasks, may_fail=True, may_warn=True)]
    for module, worker in zip(seen["module"], seen["worker"], strict=True):
        assert module == worker
