# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a whole XCI as one document costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ansible_collections.xivo.xci.tests.bench.bench import Bench, above, most, timed
from ansible_collections.xivo.xci.tests.bench.plays import Run, Stage
from ansible_collections.xivo.xci.tests.bench.server import Server, session
from ansible_collections.xivo.xci.tests.bench.users import BASE, ENTITIES, FIRST_NUMBER, interleave, post_users
from ansible_collections.xivo.xci.tests.support.playbook import Task

EMPTY: dict[str, Any] = {}


def document(scale: int) -> dict[str, list[dict[str, Any]]]:
    """Return a document of that many XiVOs with ten entities each, a template each, and a thousand users each."""
    entities = [(f"service-{number}", f"xivo-{xivo:02}") for xivo in range(scale) for number in range(10)]
    return {
        "xivos": [{"name": f"xivo-{number:02}", "host": f"192.0.2.{number}"} for number in range(scale)],
        "entities": [
            {
                "name": name,
                "xivo": xivo,
                "display_name": f"Service {name} de {xivo}",
                "intervals": [{"start": f"{number:03}000", "end": f"{number:03}999"}],
                "presented_number": "inbNo",
            }
            for number, (name, xivo) in enumerate(entities)
        ],
        "templates": [
            {"name": f"Modèle {number:02}", "xivos": [f"xivo-{number:02}"], "ringing_time": 30}
            for number in range(scale)
        ],
        "users": [
            {
                "entity": f"{name}@{xivo}",
                "internal_number": f"{number:03}{place:03}",
                "first_name": f"Camille {place}",
                "last_name": f"Durand {number}",
                "template": f"Modèle {xivo[-2:]}",
            }
            for number, (name, xivo) in enumerate(entities)
            for place in range(100)
        ],
        "admins": [
            {
                "login": f"admin-{number:02}",
                "name": f"Administrateur {number}",
                "password": f"made-up-{number:02}",
                "entities": ["@".join(entities[number % len(entities)])],
            }
            for number in range(50 * scale // 20)
        ],
    }


def run(bench: Bench) -> None:
    bench.report.section = "document"
    _apply(bench)
    _parallel(bench)


def _config(bench: Bench, name: str, content: Any, **more: Any) -> Task:
    src = bench.folder / f"{name}.json"
    src.write_text(json.dumps(content), encoding="utf-8")
    return {"xivo.xci.xci_config": {"src": str(src), **more}}


def _apply(bench: Bench) -> None:
    """From nothing to everything, and again; ten times as much takes ten times as long."""
    report, scales = bench.report, (2, bench.either(20, 4))
    growth = 1.1 * scales[1] / scales[0]
    runs = {scale: interleave(bench.either(3, 2), _contenders(bench, document(scale))) for scale in scales}
    _judge(bench, document(scales[1]), runs[scales[1]])
    for what in ("creating all", "unchanged"):
        seconds = []
        for scale in scales:
            title = f"{1000 * scale:,} users: {what}"
            seconds.append(report.figure(title, above(runs[scale][what], runs[scale]["empty"]), "s"))
        report.at_most(f"{scales[1] // scales[0]} times as much: {what}", seconds[1] / seconds[0], growth)


def _contenders(bench: Bench, content: dict[str, list[Any]]) -> dict[str, Callable[[], Any]]:
    stage, objects = bench.stage, sum(map(len, content.values()))
    task = _config(bench, f"document-{objects}", content)

    def create() -> Run:
        stage.server.start_with(EMPTY)
        return stage.play(task, writes=objects)

    return {
        "empty": stage.play,
        "creating all": create,
        "unchanged": lambda: stage.play(task, writes=0),
        "requests": lambda: _read_again(stage.server),
        "info": lambda: stage.play({"xivo.xci.xci_user_info": {}}, writes=0),
    }


def _judge(bench: Bench, content: dict[str, list[Any]], runs: dict[str, list[Any]]) -> None:
    report, entities, objects = bench.report, len(content["entities"]), sum(map(len, content.values()))
    size = f"{len(content['users']):,} users"
    bare = report.figure(f"{size}: bare requests, the same reads", runs["requests"], "s")
    for what in ("creating all", "unchanged", "info"):
        report.figure(f"{size}: {what}: memory", [one.memory for one in runs[what]], "MiB")

    create = runs["creating all"]
    report.count(f"{size}: creating all: logins", most(create, "logins"), exactly=1)
    report.count(f"{size}: creating all: reads", most(create, "reads"))
    report.count(f"{size}: creating all: writes, one for each object", most(create, "writes"), exactly=objects)

    unchanged, passwords = runs["unchanged"], len(content["admins"])
    logins = f"{size}: unchanged: logins, 1 and one to verify each password"
    report.count(logins, most(unchanged, "logins"), exactly=1 + passwords)
    report.count(f"{size}: unchanged: reads, 4 and one of each entity", most(unchanged, "reads"), exactly=4 + entities)
    report.count(f"{size}: unchanged: writes", most(unchanged, "writes"), exactly=0)
    report.at_most(f"{size}: unchanged: memory", max(one.memory for one in unchanged), 400, "MiB")
    whole = report.figure(f"{size}: unchanged, with the start of Ansible", [one.seconds for one in unchanged], "s")
    report.at_most(f"{size}: unchanged, with that start / twice the bare reads and 1 s", whole, 2 * bare + 1, "s")

    info = runs["info"]
    seconds = report.figure(f"{size}: xci_user_info of all", above(info, runs["empty"]), "s")
    report.count(f"{size}: xci_user_info of all: logins", most(info, "logins"), exactly=1)
    report.count(f"{size}: xci_user_info of all: reads", most(info, "reads"), most=entities + 4)
    report.at_most(f"{size}: xci_user_info of all / bare reads", seconds / bare, 3)


def _read_again(server: Server) -> float:
    """Return the seconds that bare requests take for the reads of a whole XCI, one after the other."""
    http = session(server)

    def read() -> None:
        for path in ("xivo", "templates", "administrators"):
            http.get(f"{server.url}/{path}", timeout=60).json()
        for entity in http.get(f"{server.url}/entities", timeout=60).json()["items"]:
            http.get(f"{server.url}/entities/{quote(entity['combinedId'], safe='')}/users", timeout=60).json()

    return timed(read)


def _parallel(bench: Bench) -> None:
    """Many creations on a server that takes its time."""
    users, latency = bench.either(2000, 400), 30
    with Server(bench.folder, latency) as server:
        stage = Stage(bench.folder, server)
        content = {
            "users": [
                {
                    "entity": f"e{number % ENTITIES}@paris",
                    "internal_number": str(FIRST_NUMBER + number),
                    "first_name": f"Camille {number}",
                    "last_name": f"Durand {number}",
                    "template": "standard",
                }
                for number in range(users)
            ]
        }
        task = _config(bench, "parallel", content, parallelism=10)

        def create() -> Run:
            server.start_with(BASE)
            return stage.play(task, writes=users)

        def bare() -> float:
            server.start_with(BASE)
            http = session(server)
            return timed(lambda: post_users(http, server, users))

        contenders: dict[str, Callable[[], Any]] = {"empty": stage.play, "create": create, "requests": bare}
        runs = interleave(2, contenders)
    what = f"{users:,} creations at {latency} ms"
    one_by_one = bench.report.figure(f"{what}: bare requests, one after the other", runs["requests"], "s")
    whole = bench.report.figure(
        f"{what}: xci_config, with the start of Ansible", [r.seconds for r in runs["create"]], "s"
    )
    own = bench.report.figure(f"{what}: xci_config", above(runs["create"], runs["empty"]), "s")
    bench.report.at_least(f"{what}: bare requests / xci_config", one_by_one / own, 7)
    bench.report.ratio(f"{what}: bare requests / xci_config with the start of Ansible", one_by_one / whole)
