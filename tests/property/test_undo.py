# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random documents on random servers: approved, applied, undone; the server is as before."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed
from ansible_collections.xivo.xci.tests.property.test_order import TEMPLATE, Server, a_world, change, document
from ansible_collections.xivo.xci.tests.support.jobs import Killed

State = tuple[set[tuple[Any, ...]], dict[str, tuple[Any, ...]]]


def seen(server: Server) -> State:
    """Return the entities and the people by their names: what is made again has another id."""
    state = server.sandbox.state()
    xivos = {one["id"]: one["name"] for one in state["xivos"]}
    names = {one["id"]: f"{one['name']}@{xivos[one['xivo']]}" for one in state["entities"]}
    spans = {(names[one["id"]], tuple(sorted(i["start"] for i in one["intervals"]))) for one in state["entities"]}
    people = {
        one["firstName"]: (names[one["entity"]], one["internalNumber"], one["ctiLogin"] or "", one["lastName"])
        for one in state["users"]
    }
    return spans, people


def judge(
    number: int, interrupted: bool = False, killed: bool = False, colleague: bool = False, resumed: bool = False
) -> str:
    """Apply one random document and undo it; return how that ended."""
    draw = random.Random(number)  # noqa: S311 (a test that is the same each time)
    before = a_world(draw)
    after = change(draw, before)
    server = Server(draw, before)
    try:
        purge = draw.random() < 0.5
        options: dict[str, Any] = document(draw, before, after, server.ids, purge)
        options |= {"purge": ["users"] if purge else [], "on_error": draw.choice(["stop", "continue"])}
        with tempfile.TemporaryDirectory() as folder:
            if resumed:
                return _resume(draw, server, options, Path(folder))
            if interrupted or killed:
                error = Killed() if killed else draw.choice([ApiError("no", 409), ConnectionFailed("nobody")])
                server.refuse = {draw.randint(1, 6): error}
            return _judge(draw, server, options, Path(folder), colleague)
    finally:
        server.sandbox.stop()


def _resume(draw: random.Random, server: Server, options: dict[str, Any], folder: Path) -> str:
    """Let an approved apply break off up to three times, go on with the plan file each time, and undo all parts."""
    initial = seen(server)
    options["plan_file"] = str(folder / "plan.json")
    planned = server.run(options, check=True)
    if planned.get("failed"):
        return "impossible"
    options["approved"] = planned["plan_id"]
    breaks = 0
    for error in (*draw.choices([ConnectionFailed("nobody"), Killed()], k=3), None):
        server.refuse = {draw.randint(1, 6): error} if error else {}
        try:
            last = server.run(options, undo_file=f"{folder}/undo/")
        except Killed:
            last = {"failed": True}
        breaks += bool(last.get("failed"))
    if server.rules["cti_logins"] == "xci" and last.get("failed"):
        return "refused"
    assert not last.get("failed"), last
    assert last["changed"] is False or breaks == 3
    for file in sorted((folder / "undo").glob("*"), reverse=True):
        undone = server.run({"undo": str(file)}, default_template=TEMPLATE)
        if " exchange " in undone.get("msg", ""):
            # Half-way, an entity may have had fewer intervals, or a ring been another one, and that is not possible.
            return "refused"
        assert not undone.get("failed"), undone
    assert seen(server) == initial
    return "resumed" if breaks else "whole"


def _judge(draw: random.Random, server: Server, options: dict[str, Any], folder: Path, colleague: bool) -> str:
    initial = seen(server)
    planned = server.run(options, check=True, plan_file=str(folder / "plan.json"))
    if planned.get("failed"):
        return "impossible"
    approved = {"approved": planned["plan_id"], "plan_file": str(folder / "plan.json")}
    is_whole = not server.refuse
    try:
        applied = server.run(options, **approved, undo_file=f"{folder}/undo/")
    except Killed:
        (file,) = (folder / "undo").iterdir()
        applied = {"undo_file": str(file)}
    server.refuse = {}
    assert "not what was approved" not in applied.get("msg", ""), applied
    assert not is_whole or server.rules["cti_logins"] == "xci" or not applied.get("failed"), applied
    if "undo_file" not in applied:
        assert seen(server) == initial
        return "nothing"
    changed = _by_a_colleague(draw, server) if colleague else ""
    middle = seen(server)
    undone = server.run({"undo": applied["undo_file"]}, default_template=TEMPLATE, on_error="continue")
    if server.rules["cti_logins"] == "xci" and undone.get("failed"):
        return "refused"
    if not changed:
        assert not undone.get("failed"), (applied, undone)
        assert seen(server) == initial, undone
        return "undone"
    touched = changed in {one["name"] for one in applied["plan"] if one["kind"] == "user"}
    _check_left(server, middle, undone, changed, touched)
    return "left" if undone.get("failed") else "undone"


def _by_a_colleague(draw: random.Random, server: Server) -> str:
    """Give somebody another last name, and return who."""
    users = server.sandbox.state()["users"]
    if not users:
        return ""
    one = draw.choice(users)
    server.run({"users": [{"id": one["id"], "last_name": "Changed", "template": TEMPLATE}]})
    return str(one["firstName"])


def _check_left(server: Server, middle: State, undone: dict[str, Any], changed: str, touched: bool) -> None:
    """Who was changed is as he was left, if the apply had changed him; what else is left has to be, because of him."""
    _entities, people = seen(server)
    refused = [one for one in undone["errors"] if changed in one["place"]]
    assert bool(refused) == touched, undone
    assert people[changed][1:] == middle[1][changed][1:]
    for one in undone["errors"]:
        because = ("duplicate", "still has", "exchange", "not found", "ambiguous")
        assert one in refused or any(word in one["msg"] for word in because), one


@pytest.mark.parametrize("how", [{}, {"interrupted": True}, {"killed": True}], ids=["whole", "refused", "killed"])
def test_an_apply_is_undone(how: dict[str, bool]) -> None:
    ends = [judge(number, **how) for number in range(15)]
    assert ends.count("undone") > 8


def test_an_apply_that_broke_off_is_continued_and_undone() -> None:
    ends = [judge(number, resumed=True) for number in range(15)]
    assert ends.count("resumed") > 2


def test_an_apply_that_broke_off_lets_the_same_people_give_their_numbers_up_again() -> None:
    assert judge(1919, resumed=True) == "resumed"


def test_an_undo_leaves_what_somebody_else_changed() -> None:
    ends = [judge(number, colleague=True) for number in range(15)]
    assert {"left", "undone"} <= {*ends}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["whole", "interrupted", "killed", "colleague", "resumed"])
@pytest.mark.parametrize("part", range(4))
def test_many_applies_are_undone(part: int, how: str) -> None:
    numbers = range(1000 + part * 250, 1000 + (part + 1) * 250)
    ends = [judge(number, **({} if how == "whole" else {how: True})) for number in numbers]
    assert len(ends) - ends.count("impossible") > 200
