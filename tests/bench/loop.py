# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an item of a loop costs, and what it costs in other ways."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible_collections.xivo.xci.tests.bench.bench import Bench, above, processor_above, timed
from ansible_collections.xivo.xci.tests.bench.plays import Run, Stage
from ansible_collections.xivo.xci.tests.bench.server import session
from ansible_collections.xivo.xci.tests.bench.users import (
    BASE,
    bare_debug,
    debug,
    filled,
    interleave,
    items,
    post_users,
    uri,
    users,
)


def run(bench: Bench) -> None:
    """Seconds an item above an empty play."""
    bench.report.section = "loop"
    fast, slow, some = bench.either(1000, 200), bench.either(5, 3), bench.either(20, 3)
    runs = interleave(bench.either(5, 3), _contenders(bench, fast, slow, some))
    empty = runs.pop("empty")
    bench.report.figure("an empty play, whole", [one.seconds for one in empty], "s")
    bare = runs.pop("requests")
    cost: dict[str, float] = {}
    processor: dict[str, float] = {}
    for name, results in runs.items():
        count = some if name.startswith(PACKED) else slow if name.startswith("uri") else fast
        cost[name] = _show(bench, name, above(results, empty, count), count)
        processor[name] = processor_above(results, empty, count)
    cost["requests"] = _show(bench, "requests", [seconds / fast for seconds in bare], fast)
    bench.report.figure("worker, unchanged: memory", [one.memory for one in runs["worker unchanged"]], "MiB")
    bench.report.figure("module, unchanged: memory", [one.memory for one in runs["module unchanged"]], "MiB")
    _judge(bench, cost)
    least = processor["ping"] + _import_requests()
    bench.report.at_most(
        "processor time: ordinary module / ping and import requests", processor["module unchanged"] / least, 1.1
    )
    for name in ("worker create", "worker unchanged"):
        ratio = processor["uri create"] / processor[name]
        bench.report.ratio(f"the same in processor time: uri / {name.replace(' ', ', ')}", ratio)


PACKED = ("module", "ping")
"""What Ansible packs once a play: so many items that what each of them takes counts."""
TITLES = {
    "bare debug": "debug of the item",
    "debug": "debug of the five options: the floor",
    "worker create": "xci_user in the worker, creating",
    "worker unchanged": "xci_user in the worker, unchanged",
    "worker change": "xci_user in the worker, changing",
    "worker create, read back": "xci_user in the worker, creating, answers without the object",
    "module create": "xci_user as an ordinary module, creating",
    "module unchanged": "xci_user as an ordinary module, unchanged",
    "module change": "xci_user as an ordinary module, changing",
    "uri create": "uri, creating",
    "ping": "ping, the least that an ordinary module can be",
    "requests": "bare requests, creating",
}


def _show(bench: Bench, name: str, seconds: list[float], items: int) -> float:
    shown = bench.report.figure(f"{TITLES[name]}, an item of {items}", [1000 * one for one in seconds], "ms")
    return shown / 1000


def _contenders(bench: Bench, fast: int, slow: int, some: int) -> dict[str, Callable[[], Any]]:
    stage, server = bench.stage, bench.stage.server

    def fresh(*tasks: Any, dialect: str = "object", **more: Any) -> Run:
        server.start_with(BASE, write_body=dialect)
        return stage.play(*tasks, **more)

    def bare() -> float:
        server.start_with(BASE)
        http = session(server)
        return timed(lambda: post_users(http, server, fast))

    def uri_create() -> Run:
        server.start_with(BASE)
        return stage.play(uri(slow, server), writes=slow)

    return {
        "empty": lambda: fresh(writes=0),
        "bare debug": lambda: stage.play(bare_debug(fast), writes=0),
        "debug": lambda: stage.play(debug(fast), writes=0),
        "worker create": lambda: fresh(users(fast), writes=fast),
        "worker unchanged": lambda: stage.play(users(fast), writes=0),
        "worker change": lambda: stage.play(users(fast, "Martin"), writes=fast),
        "worker create, read back": lambda: fresh(users(fast), dialect="none", writes=fast),
        "requests": bare,
        "module create": lambda: fresh(users(some), writes=some, xci_in_worker=False),
        "module unchanged": lambda: stage.play(users(some), writes=0, xci_in_worker=False),
        "module change": lambda: stage.play(users(some, "Martin"), writes=some, xci_in_worker=False),
        "uri create": uri_create,
        "ping": lambda: stage.play({"ansible.builtin.ping": {}, "loop": items(some)}, writes=0),
    }


def _import_requests() -> float:
    """Return the seconds of processor time that importing requests takes, the least of some tries."""
    return min(_processor("import requests") for _try in range(5)) - min(_processor("pass") for _try in range(5))


def _processor(program: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _judge(bench: Bench, cost: dict[str, float]) -> None:
    report = bench.report
    report.at_least("uri / worker, creating", cost["uri create"] / cost["worker create"], 50)
    report.at_least(
        "uri / worker, creating, answers without the object", cost["uri create"] / cost["worker create, read back"], 50
    )
    report.at_least("uri / worker, unchanged", cost["uri create"] / cost["worker unchanged"], 60)
    report.ratio("uri / floor, which no module in a loop exceeds", cost["uri create"] / cost["debug"])
    report.at_most("worker, unchanged / floor", cost["worker unchanged"] / cost["debug"], 1.6)
    report.ratio("worker, unchanged / debug of the item", cost["worker unchanged"] / cost["bare debug"])
    report.ratio("ordinary module / worker, unchanged", cost["module unchanged"] / cost["worker unchanged"])


def growth(bench: Bench) -> None:
    """Ten times the items, again and again, spread over 100 entities."""
    bench.report.section = "growth"
    sizes = (50, 500) if bench.quick else (100, 1000, 10000)
    seconds: dict[str, list[float]] = {}
    for size in sizes:
        largest = size == max(sizes)
        runs = interleave(2 if largest or bench.quick else 3, _growing(bench.stage, size))
        empty = runs.pop("empty")
        for name, results in runs.items():
            taken = bench.report.figure(f"{name}, {size:,} items", above(results, empty), "s")
            seconds.setdefault(name, []).append(taken)
            if largest:
                bench.report.figure(f"{name}, {size:,} items: memory", [one.memory for one in results], "MiB")
    for name, grown in seconds.items():
        for size, less, more in zip(sizes, grown, grown[1:], strict=False):
            what = f"{name}, {10 * size:,} items / {size:,} items"
            if name == FLOOR:
                bench.report.ratio(what, more / less)
            else:
                bench.report.at_most(what, more / less, 11)


FLOOR = "debug of the five options"


def _growing(stage: Stage, size: int) -> dict[str, Callable[[], Run]]:
    def fresh(dialect: str) -> Run:
        stage.server.start_with(BASE, write_body=dialect)
        return stage.play(users(size), writes=size)

    return {
        "empty": stage.play,
        FLOOR: lambda: stage.play(debug(size)),
        "creating, answers without the object": lambda: fresh("none"),
        "creating, answers with its id alone": lambda: fresh("id"),
        "creating": lambda: fresh("object"),
        "unchanged": lambda: stage.play(users(size), writes=0),
    }


def crowded(bench: Bench) -> None:
    """Creations in one entity that has 3,000 users already, whose answers show nothing."""
    bench.report.section = "crowded"
    count = bench.either(300, 100)
    contenders: dict[str, Callable[[], Run]] = {
        "nothing": lambda: bench.stage.play(writes=0),
        **{
            f"an entity of {size:,} users": partial(_create_in, bench.stage, size, count)
            for size in (0, bench.either(3000, 1000))
        },
    }
    runs = interleave(bench.either(5, 3), contenders)
    nothing = runs.pop("nothing")
    cost = [
        bench.report.figure(
            f"creating in {name}, an item of {count}", [1000 * one for one in above(results, nothing, count)], "ms"
        )
        for name, results in runs.items()
    ]
    bench.report.at_most("creating in a full entity / in an empty one", cost[1] / cost[0], 1.5)


def _create_in(stage: Stage, size: int, count: int) -> Run:
    stage.server.start_with(filled(size), write_body="none")
    return stage.play(users(count, entities=1), writes=count)
