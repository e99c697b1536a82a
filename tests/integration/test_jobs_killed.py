# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that are killed again and again while they write: the next run goes on, and nobody is ever without a number."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.integration.console import environment, run, stats
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

pytestmark = pytest.mark.slow

HOME, OTHER = "accueil@xivo-nord", "urgences@xivo-nord"
PAUSE = 0.02
"""Seconds that each write takes, so that there is something to kill."""
WRITES = ("POST", "PUT", "DELETE")
POINTS = {
    "worker": (1, 20, 150, 260, 380, 480),
    "module": (1, 3, 8, 40, 80, 110, 180, 220, 249, 251, 300, 340, 420, 500),
}
"""Before which writes a renumbering is killed, by the way in which it runs: at 20 points in all."""
Make = Callable[..., Site]


def person(place: int, **more: Any) -> dict[str, Any]:
    own = {"lastName": f"N{place}", "internalNumber": str(place), "ctiLogin": f"p{place}", "ctiPassword": f"pw-{place}"}
    return {"entity": HOME, "template": TEMPLATE, **own, **more}


def begun(sandbox: Sandbox) -> int:
    """Return how many writes have reached the sandbox, answered or not."""
    return sum(int(rule["fired"]) for rule in sandbox.faults.as_list())


def killed_at(server: Site, folder: Path, points: Iterable[int], book: str, given: dict[str, Any]) -> None:
    """Run a playbook again and again; kill it with all that it started when so many writes have begun in all."""
    sandbox = server.sandbox
    for method in WRITES:
        fault = {"kind": "delay", "seconds": PAUSE}
        sandbox.faults.add({"method": method, "path": "^/(users|entities)", "times": 0, "fault": fault})
    arguments = [f"xivo.xci.{book}", "-e", json.dumps({**playbook.in_way(server.way), **given})]
    for point in points:
        running = playbook.start(folder, "ansible-playbook", *arguments, env=environment(server, folder), session=True)
        until = time.monotonic() + 120
        while begun(sandbox) < point and running.process.poll() is None:
            assert time.monotonic() < until, "this took too long"
            time.sleep(0.002)
        os.killpg(running.process.pid, signal.SIGKILL)
        assert running.finish(60).code == -signal.SIGKILL, f"it was over before write {point}"
        time.sleep(10 * PAUSE)  # what is on the wire arrives
        assert begun(sandbox) < point + 40
    sandbox.faults.clear()


def everybody_has_a_number(server: Site, before: Iterable[dict[str, Any]]) -> int:
    """Go through the states that the server's log shows: nobody is without a number, or has that of somebody else.

    Return how many there are.
    """
    states = 0
    places = {one["id"]: (one["entity"], one["internalNumber"]) for one in before}
    state = server.sandbox.state()
    uuids = {one["id"]: one["uuid"] for one in state["xivos"]}
    entities = {f"{one['name']}@{uuids[one['xivo']]}": one["id"] for one in state["entities"]}
    for one in server.sandbox.log.as_list():
        if one["method"] == "PUT" and one["path"].startswith("/users/") and one["status"] == 200:
            identity, body = int(one["path"].rpartition("/")[2]), one["body"]
            assert body["internalNumber"], one
            places[identity] = (entities[body["entityCId"]], body["internalNumber"])
            assert len(set(places.values())) == len(places), one
            states += 1
        elif one["method"] == "DELETE" and one["status"] == 200:
            del places[int(one["path"].rpartition("/")[2])]
        elif one["method"] == "POST" and one["path"] == "/users":
            assert one["body"]["internalNumber"], one
    return states


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_building_of_500_is_renumbered_with_exchanges(site: Make, folder: Path) -> None:
    draw = random.Random(11)  # noqa: S311 (it only has to be the same each time)
    old = [str(number) for number in range(1000, 1500)]
    # Half of the people exchange numbers among each other in rings, the others get numbers that nobody has.
    new = [*draw.sample(old[:250], 250), *(str(number) for number in range(6000, 6250))]
    pairs = dict(zip(old, new, strict=True))
    text = "old;new\n" + "".join(f"{one};{other}\n" for one, other in pairs.items())
    (folder / "map.csv").write_text(text, encoding="utf-8")
    entities = [{**START["entities"][0], "intervals": [{"start": "1000", "end": "1519"}]}, *START["entities"][1:]]
    start = {**START, "entities": entities, "users": [person(int(number)) for number in old]}
    server = site(start=start, dialects={"cti_password": "shown"})
    given: dict[str, Any] = {
        "xci_renumber_entity": HOME, "xci_renumber_map": "map.csv", "xci_default_template": TEMPLATE,
        "xci_renumber_dest": "list.csv",
    }  # fmt: skip
    before = server.users()
    killed_at(server, folder, POINTS[server.way], "renumber", given)
    states = everybody_has_a_number(server, before)
    between = server.users()
    done = run(server, "xivo.xci.renumber", folder=folder, may_warn=True, **given)
    assert stats(done)["xci_renumber_count"] > 0
    states += everybody_has_a_number(server, between)
    assert states >= 500
    print(f"{len(POINTS[server.way])} points, {states} states")
    assert {one["lastName"]: one["internalNumber"] for one in server.users()} == {f"N{one}": pairs[one] for one in old}
    kept = [
        {one["id"]: (one["template"], one["ctiPasswordSha256"]) for one in users} for users in (before, server.users())
    ]
    assert kept[0] == kept[1]
    moved = [(one, other) for one, other in pairs.items() if one != other]
    assert sorted((row["old"], row["new"]) for row in table(folder / "list.csv")) == sorted(moved)
    assert [one["start"] for one in server.sandbox.state()["entities"][0]["intervals"]] == ["1000", "1500", "6000"]
    again = run(server, "xivo.xci.renumber", folder=folder, may_warn=True, **given)
    assert (again.writes, stats(again)) == ([], {"xci_renumber_count": 0})


def test_a_personnel_file_is_taken_over_and_everybody_is_listed(site: Make, folder: Path) -> None:
    """Those, too, whom a run created or moved that was killed before it could write its lists."""
    rooms = [person(1900 + place, ctiLogin=None, ctiPassword=None) for place in range(10)]
    start = {**START, "users": [*(person(1000 + place) for place in range(100)), *rooms]}
    server = site(start=start, dialects={"cti_password": "shown"})
    movers, leavers, joiners = range(1000, 1025), range(1025, 1037), range(40)
    rows = [f"p{place};N{place};{'Sud' if place in movers else 'Nord'}" for place in range(1000, 1100)]
    rows = [row for place, row in enumerate(rows, 1000) if place not in leavers]
    rows += [f"neu{place};Neuf {place};Nord" for place in joiners]
    (folder / "hr.csv").write_text("Login;Nom;Site\n" + "\n".join(rows) + "\n", encoding="cp1252")
    (folder / "map.yml").write_text(
        "columns: {Login: cti_login, Nom: last_name}\n"
        f"entity: {{column: Site, values: {{Nord: {HOME}, Sud: {OTHER}}}}}\n"
        f"template: {{value: {TEMPLATE}}}\n",
        encoding="utf-8",
    )
    given: dict[str, Any] = {
        "xci_people_src": "hr.csv", "xci_people_map": "map.yml", "xci_people_dest": "out",
        "xci_people_leavers": "remove", "xci_people_max_leavers": "20", "xci_default_template": TEMPLATE,
    }  # fmt: skip
    before = server.users()
    killed_at(server, folder, (1, 15, 30, 45, 60), "sync_people", given)
    done = run(server, "xivo.xci.sync_people", folder=folder, may_warn=True, **given)
    assert 0 < stats(done)["xci_sync_people_count"] < 40 + 25 + 12
    users = server.users()
    # By their ids: the two entities are the first ones.
    assert Counter(one["entity"] for one in users) == {1: 100 - 25 - 12 + 40 + 10, 2: 25}
    assert {one["ctiLogin"] for one in users} >= {f"neu{place}" for place in joiners}
    assert [one for one in users if not one["ctiLogin"]] == [one for one in before if not one["ctiLogin"]]
    lists = {name: table(folder / "out" / f"{name}.csv") for name in ("joiners", "movers", "leavers", "unmatched")}
    assert {name: len(rows) for name, rows in lists.items()} == {
        "joiners": 40,
        "movers": 25,
        "leavers": 12,
        "unmatched": 0,
    }
    by_login = {one["ctiLogin"]: one for one in users}
    for row in lists["joiners"]:
        own = by_login[row["cti_login"]]
        assert (row["number"], row["code"]) == (own["internalNumber"], own["provisioningNumber"])
    assert {(row["from_number"], row["to_number"]) for row in lists["movers"]} == {
        (str(place), by_login[f"p{place}"]["internalNumber"]) for place in movers
    }
    again = run(server, "xivo.xci.sync_people", folder=folder, may_warn=True, **given)
    assert (again.writes, stats(again)["xci_sync_people_count"]) == ([], 0)
    assert table(folder / "out" / "joiners.csv") == []
