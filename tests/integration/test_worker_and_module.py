# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways of running say and send the same; what a module returned can be given back to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
    public = outcome.public("exception")
    # Only the worker shares its predictions with other tasks and hosts.
    public["warnings"] = [one for one in outcome.warnings if "may predict the same" not in one]
    return {
        "status": outcome.status,
        "public": public,
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


INVALID_ROWS = "12a,Un\n1002,{long}\n1001,Zoé\n1003,Trois\n1003,Quatre\n"
VALID_ROWS = "1002,{long}\n1003,Trois\n"


def with_table(server: Site, rows: str) -> Task:
    """Return a task that joins its own user with those of a table, which has a name that XiVO may find too long."""
    table = f"internal_number,first_name\n{rows.format(long='d' * 130)}"
    lines = [f"accueil@xivo-nord,{line}" for line in table.splitlines()[1:]]
    (server.folder() / "users.csv").write_text("\n".join(["entity,internal_number,first_name", *lines]), "utf-8")
    own = {"entity": "accueil@xivo-nord", "internal_number": "1001", "first_name": "Camille"}
    return {"xivo.xci.xci_config": {"users": [own], "src": "users.csv", "default_template": TEMPLATE}}


LONG = "users.csv line 3: first_name: 130 characters; XiVO accepts 0 to 128"


@pytest.mark.both_ways
def test_errors_and_warnings_name_the_file_and_the_line(site: Any) -> None:
    server = site()
    (outcome,) = server.play(with_table(server, INVALID_ROWS), may_fail=True, may_warn=True)
    places = [(one["kind"], one["index"], one["place"], one["option"]) for one in outcome.result["errors"]]
    assert places == [
        ("user", 1, "users.csv line 2", "internal_number"),
        ("user", 3, "users.csv line 4", ""),
        ("user", 5, "users.csv line 6", ""),
    ]
    assert outcome.msg == (
        "invalid document, nothing was changed (3 errors): "
        "users.csv line 2: internal_number: invalid value: '12a' is not a number in digits; "
        "users.csv line 4: duplicate: already defined at users[0]; "
        "users.csv line 6: duplicate: already defined at users.csv line 5"
    )
    # One of what is written in the file, and what the changes may replace.
    assert sorted(outcome.warnings) == [
        "cti_password of 1 user: XCI hides it and may lose it in this change, since it is not given",
        f"template of 2 users: XCI does not show which one it is; the change sets {TEMPLATE!r} (default_template)",
        LONG,
    ]
    assert not outcome.writes


@pytest.mark.both_ways
def test_failed_writes_name_the_file_and_the_line(site: Any) -> None:
    server = site()
    refusal = {"kind": "status", "status": 400, "body": "not today"}
    server.sandbox.faults.add({"path": "^/users$", "method": "POST", "nth": 2, "fault": refusal})
    document = with_table(server, VALID_ROWS)
    document["xivo.xci.xci_config"]["parallelism"] = 1
    (outcome,) = server.play(document, may_fail=True, may_warn=True)
    (error,) = outcome.result["errors"]
    msg = error.pop("msg")
    assert error == {
        "action": "create",
        "kind": "user",
        "key": "1003@accueil@xivo-nord",
        "index": 2,
        "option": "",
        "place": "users.csv line 3",
    }
    assert "not today" in msg
    assert (
        outcome.msg == f"1 of 2 writes failed, 1 were done and 0 not tried; run again to do what is left. First: {msg}"
    )
    assert outcome.warnings == [LONG.replace("line 3", "line 2")]
