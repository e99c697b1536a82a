# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create, again, change, again, delete, again, each in check mode and for real, with each request that this costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.cycles import CYCLES, DIALECTS, Cycle
from ansible_collections.xivo.xci.tests.integration.harness import (
    ONLY_XCI_KNOWS,
    Outcome,
    Site,
    in_check,
    without,
    xivo,
)
from ansible_collections.xivo.xci.tests.support.objects import ADMIN
from ansible_collections.xivo.xci.tests.support.playbook import Task

STEPS = ("create", "again", "change", "changed", "delete", "gone")
WRITES = {"create": "POST", "change": "PUT", "delete": "DELETE"}
MAY_TAKE_ALONG = "users: XCI never shows which users these are, and may delete them, too, or refuse"


def tasks(cycle: Cycle, dialect: str) -> list[Task]:
    """Return the twelve tasks, each step in check mode first."""
    change = dict(cycle.change)
    if DIALECTS[dialect].get("edit_template") == "optional":
        change.pop("template", None)
    options = {
        "create": {**cycle.name, **cycle.create},
        "again": {**cycle.name, **cycle.create},
        "change": {**cycle.name, **change},
        "changed": {**cycle.name, **change},
        "delete": {**cycle.name, "state": "absent"},
        "gone": {**cycle.name, "state": "absent"},
    }
    return [way({cycle.module: options[step]}) for step in STEPS for way in (in_check, dict)]


def requests(cycle: Cycle, dialect: str, step: str, check: bool) -> list[str]:
    """Return all that a step may ask of the server, but its login."""
    sent = list(cycle.to_find(step, dialect))
    if step in ("again", "change", "changed"):
        sent += cycle.verify
    if step == "create" or (step == "change" and DIALECTS[dialect].get("edit_template") != "optional"):
        sent += cycle.refer
    if step in WRITES and not check:
        sent.append(f"{WRITES[step]} {cycle.path if step == 'create' else cycle.one}")
        shown = step == "change" and DIALECTS[dialect]["write_body"] == "object"
        sent += cycle.read_back(dialect) if step == "create" else [] if shown else [f"GET {cycle.one}"]
    return sent


def objects(cycle: Cycle) -> dict[str, dict[str, Any]]:
    """Return the object after each step."""
    changed = {**cycle.created, **cycle.changed}
    return {
        "create": cycle.created,
        "again": cycle.created,
        "change": changed,
        "changed": changed,
        "delete": {},
        "gone": {},
    }


@pytest.mark.parametrize("dialect", [pytest.param("as_documented", marks=pytest.mark.core), *list(DIALECTS)[1:]])
@pytest.mark.parametrize("kind", sorted(CYCLES))
def test_twelve_steps(site: Callable[..., Site], kind: str, dialect: str) -> None:
    cycle, server = CYCLES[kind], site(dialects=DIALECTS[dialect])
    outcomes = server.play(*tasks(cycle, dialect), may_warn=kind == "template")
    after = objects(cycle)
    for place, step in enumerate(STEPS):
        predicted, done = outcomes[2 * place : 2 * place + 2]
        assert (step, predicted.changed) == (step, step in WRITES)
        assert predicted.public() == done.public()
        assert predicted.result.keys() == done.result.keys()
        assert predicted.object.keys() == done.object.keys()
        assert (step, shown(done, after[step])) == (step, after[step])
        for outcome in (predicted, done):
            warned = [f"template {cycle.name['name']}: {MAY_TAKE_ALONG}"] if kind == "template" else []
            assert (step, outcome.warnings) == (step, warned if step == "delete" else [])
            login = [f"POST /login {ADMIN}"] * outcome.logins()
            assert (step, outcome.requests) == (step, login + requests(cycle, dialect, step, outcome.check))
            assert outcome.logins() == (1 if server.way == "module" or outcome is outcomes[0] else 0)
    to_come = {key: value for key, value in outcomes[0].object.items() if key in ONLY_XCI_KNOWS}
    assert to_come == dict.fromkeys(to_come)
    check_bodies(cycle, dialect, outcomes)


def shown(outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in outcome.object.items() if key in wanted}


def check_bodies(cycle: Cycle, dialect: str, outcomes: list[Outcome]) -> None:
    posted, put, deleted = [write.body for outcome in outcomes for write in outcome.writes]
    optional = {"templateId"} if DIALECTS[dialect].get("edit_template") == "optional" else set()
    assert posted == cycle.posted
    assert {key: value for key, value in put.items() if key in cycle.put} == without(cycle.put, optional)
    assert deleted is None


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_xivo_is_created_once_and_neither_changed_nor_removed(site: Callable[..., Site], dialect: str) -> None:
    server = site(dialects={**DIALECTS[dialect], "configure": "works"})
    wanted = {"name": "xivo-île", "host": "192.0.2.30"}
    steps = [
        (xivo(**wanted, configure=True), True),
        (xivo(**wanted, configure=True), False),
        (xivo(**wanted, id=3), False),
        (xivo(name="xivo-ile", id=3), None),
        (xivo(name="xivo-île", state="absent"), None),
        (xivo(name="mars", state="absent"), False),
    ]
    outcomes = server.play(*(way(step) for step, _changed in steps for way in (in_check, dict)), may_fail=True)
    read_back = [] if DIALECTS[dialect]["write_body"] == "object" else ["GET /xivo/3"]
    blank = ["host"] if DIALECTS[dialect].get("hosts") == "blank" else []
    for place, (_step, changed) in enumerate(steps):
        predicted, done = outcomes[2 * place : 2 * place + 2]
        assert predicted.public(*blank) == done.public(*blank)
        assert (place, done.status, done.result.get("changed")) == (
            (place, "failed", False) if changed is None else (place, "ok", changed)
        )
        writes = ["POST /xivo", *read_back] if changed else []
        assert [one for one in predicted.requests if not one.startswith("POST /login")] == ["GET /xivo"]
        assert [one for one in done.requests if not one.startswith("POST /login")] == ["GET /xivo", *writes]
    for refused in outcomes[6:10]:
        assert "xivo-île" in refused.msg
        assert "can neither change nor remove a XiVO" in refused.msg
    assert outcomes[1].writes[0].body == {**wanted, "configure": True}
    assert [one["name"] for one in server.sandbox.state()["xivos"]] == ["xivo-nord", "xivo-sud", "xivo-île"]
