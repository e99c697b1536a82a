# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests tasks need that share what they can: a session within a run, what was read within a loop."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.xivo.xci.tests.bench.bench import Bench, above, most
from ansible_collections.xivo.xci.tests.bench.plays import Run
from ansible_collections.xivo.xci.tests.bench.users import BASE, FIRST_NUMBER, interleave, user_options, users
from ansible_collections.xivo.xci.tests.support.playbook import Task

TASKS = 50
HOSTS, EACH = 20, 5
WORKER, MODULES = "in the worker", "as ordinary modules"
WAYS: dict[str, dict[str, Any]] = {WORKER: {}, MODULES: {"xci_in_worker": False}}


def run(bench: Bench) -> None:
    bench.report.section = "sharing"
    _one_entity(bench)
    _tasks(bench)
    _hosts(bench)


def _one_entity(bench: Bench) -> None:
    """A loop of unchanged users of one entity, ever longer."""
    stage = bench.stage
    for size in (10, 100, 1000):
        stage.server.start_with({**BASE, "users": [_user(number) for number in range(size)]})
        traffic = stage.play(users(size, entities=1), writes=0).traffic
        bench.report.count(f"{size:,} unchanged users of one entity in a loop: logins", traffic.logins, exactly=1)
        bench.report.count(f"{size:,} unchanged users of one entity in a loop: reads", traffic.reads, most=4)


def _user(number: int) -> dict[str, Any]:
    return {
        "entity": "e0@paris",
        "template": "standard",
        "firstName": "Camille",
        "lastName": f"Durand {number}",
        "internalNumber": str(FIRST_NUMBER + number),
    }


def _tasks(bench: Bench) -> None:
    tasks: list[Task] = [
        {"xivo.xci.xci_user": {name: text.replace("item", str(number)) for name, text in user_options().items()}}
        for number in range(TASKS)
    ]
    _compare(bench, f"{TASKS} separate tasks creating a user", tasks, TASKS)


def _hosts(bench: Bench) -> None:
    options = user_options()
    position = f"(ansible_play_hosts_all.index(inventory_hostname) * {EACH} + item)"
    task = {
        "xivo.xci.xci_user": {name: text.replace("item", position) for name, text in options.items()},
        "loop": f"{{{{ range({EACH}) | list }}}}",
    }
    hosts = [f"host{number:02}" for number in range(HOSTS)]
    what = f"{HOSTS} hosts at {HOSTS} forks creating {EACH} users each"
    _compare(bench, what, [task], HOSTS * EACH, hosts=hosts, forks=HOSTS)


def _compare(bench: Bench, what: str, tasks: list[Task], writes: int, **play: Any) -> None:
    stage, report = bench.stage, bench.report

    def fresh(way: str) -> Run:
        stage.server.start_with(BASE)
        return stage.play(*tasks, writes=writes, **WAYS[way], **play)

    rounds = bench.either(5, 2)
    empty = interleave(rounds, {"empty": partial(stage.play, **play)})["empty"]
    for way in WAYS:
        if way == WORKER:
            runs = interleave(rounds, {way: lambda: fresh(WORKER)})[way]
            report.count(f"{what}, {way}: logins", most(runs, "logins"), exactly=1)
        elif bench.quick:
            continue
        else:
            runs = interleave(2, {way: lambda: fresh(MODULES)})[way]
            report.count(f"{what}, {way}: logins", most(runs, "logins"))
        report.count(f"{what}, {way}: reads", most(runs, "reads"))
        report.figure(f"{what}, {way}", above(runs, empty), "s")
        report.figure(f"{what}, {way}: memory", [one.memory for one in runs], "MiB")
