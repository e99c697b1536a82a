# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-playbook prints of a document that fails: short, however many objects it has."""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import START

MOST = 8 * 1024
ENTITY = "pneumologie-et-cardiologie@hopital-nord"
Row = dict[str, str]


def rows(count: int, **more: str) -> Iterator[Row]:
    for number in range(count):
        row = {"entity": ENTITY, "internal_number": str(100_000 + number), "template": "Poste"}
        yield {**row, "first_name": f"Prénom {number}", "last_name": f"D'Hervé-{number}", "mail": "", **more}


def typo(count: int) -> Iterator[Row]:
    *others, last = rows(count)
    yield from [*others, {**last, "internal_number": "10000O"}]


def no_template(count: int) -> Iterator[Row]:
    yield from rows(count, template="")


def odd_column(count: int) -> Iterator[Row]:
    yield from rows(count, frist_name="Zoé")


def unknown_entity(count: int) -> Iterator[Row]:
    yield from rows(count, entity="Pneumologie")


def unknown_template(count: int) -> Iterator[Row]:
    for number, row in enumerate(rows(count)):
        yield {**row, "template": f"Modèle {number}"}


def one_number(count: int) -> Iterator[Row]:
    yield from rows(count, internal_number="100001")


def invalid_numbers(count: int) -> Iterator[Row]:
    for number, row in enumerate(rows(count)):
        yield {**row, "internal_number": f"10000{number}x"}


def long_names(count: int) -> Iterator[Row]:
    yield from rows(count, first_name="é" * 200, internal_number="12a")


def absent_ones(count: int) -> Iterator[Row]:
    yield from rows(count, state="absent")


CASES: dict[str, tuple[Callable[[int], Iterator[Row]], dict[str, Any], str]] = {
    "typo": (typo, {}, r"\(1 error\): typo\.csv line \d+: internal_number: invalid value: '10000O'"),
    "no-template": (no_template, {}, "missing required option: template"),
    "odd-column": (odd_column, {}, "frist_name: unsupported option; did you mean first_name"),
    "unknown-entity": (unknown_entity, {}, "entity 'Pneumologie' not found"),
    "unknown-template": (unknown_template, {}, "template 'Modèle 0' not found"),
    "one-number": (one_number, {}, "duplicate: already defined at one-number.csv line 2"),
    "invalid-numbers": (invalid_numbers, {}, "invalid value: '100000x'"),
    "long-names": (long_names, {}, "invalid value: '12a'"),
    "too-many-changes": (rows, {"max_changes": 3}, r"this would change \d+ objects, and max_changes is 3"),
    "stop": (rows, {"on_error": "stop"}, "First: create user .*answered 400: not today"),
    "continue": (rows, {"on_error": "continue"}, r"\d+ of \d+ writes failed"),
}


def sections(site: Site, count: int) -> dict[str, str]:
    """Run all cases with that many users as one play; return what is printed of each."""
    folder = site.folder()
    tasks: list[dict[str, Any]] = []
    for name, (table, options, _shown) in CASES.items():
        written = list(table(count))
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(written[0]))
            writer.writeheader()
            writer.writerows(written)
        config = {"src": f"{name}.csv", **options}
        tasks.append({"name": f"case {name}", "ignore_errors": True, "xivo.xci.xci_config": config})
    play = playbook.written(folder, playbook.play_of(tasks, site.connection, way=site.way))
    command = [str(playbook.PROGRAMS / "ansible-playbook"), "--diff", "-i", "localhost,", str(play)]
    env = playbook.environment(folder)
    (folder / "ansible.cfg").touch()
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    found = re.split(r"\nTASK \[case (.*)\] \**\n", done.stdout.decode())
    return dict(zip(found[1::2], found[2::2], strict=True))


def loaded(site: Callable[..., Site]) -> Site:
    intervals = [{"start": "100000", "end": "199999"}]
    entity = {"name": ENTITY.partition("@")[0], "xivo": "hopital-nord", "intervals": intervals}
    server = site(start={**START, "xivos": [*START["xivos"], {"name": "hopital-nord", "host": "192.0.2.3"}]})
    server.load({"entities": [entity]})
    server.load({"templates": [{"name": "Poste", "xivos": ["hopital-nord"]}]})
    refusal = {"kind": "status", "status": 400, "body": "not today"}
    server.sandbox.faults.add({"path": "^/users$", "method": "POST", "fault": refusal, "times": 1_000_000})
    return server


def test_what_fails_prints_little_however_many_objects_there_are(site: Callable[..., Site]) -> None:
    server = loaded(site)
    few, many = sections(server, 30), sections(server, 300)
    assert list(many) == [*CASES]
    for name, text in many.items():
        assert re.search(CASES[name][2], text), text
        assert len(text.encode()) < MOST, name
        # But for the numbers in it, which have more digits.
        assert len(text.encode()) < len(few[name].encode()) * 1.1 + 100, name
