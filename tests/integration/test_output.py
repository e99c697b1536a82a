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

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import START

MOST = 8 * 1024
PROGRESS = re.compile(r"^xci_config: \d+ of \d+ done.*\n", re.MULTILINE)
"""A line of these is shown now and then, in long work more rarely: see progress.py."""
XIVO = "hopital-nord"
ENTITY = f"pneumologie-et-cardiologie@{XIVO}"
Row = dict[str, str]


def rows(count: int, more: Row | None = None, first: int = 100_000) -> Iterator[Row]:
    for number in range(count):
        row = {"entity": ENTITY, "internal_number": str(first + number), "template": "Poste"}
        yield {**row, "first_name": f"Prénom {number}", "last_name": f"D'Hervé-{number}", **(more or {})}


def existing(count: int, more: Row | None = None) -> Iterator[Row]:
    yield from rows(count, more, 500_000)


def typo(count: int) -> Iterator[Row]:
    *others, last = rows(count)
    yield from [*others, {**last, "internal_number": "10000O"}]


def unknown_templates(count: int) -> Iterator[Row]:
    for number, row in enumerate(rows(count)):
        yield {**row, "template": f"Modèle {number}"}


def invalid_numbers(count: int) -> Iterator[Row]:
    for number, row in enumerate(rows(count)):
        yield {**row, "internal_number": f"10000{number}x"}


def with_(**more: str) -> Callable[[int], Iterator[Row]]:
    return lambda count: rows(count, more)


def changed(**more: str) -> Callable[[int], Iterator[Row]]:
    return lambda count: existing(count, more)


CASES: dict[str, tuple[Callable[[int], Iterator[Row]], dict[str, Any], str]] = {
    "typo": (typo, {}, r"\(1 error\): typo\.csv line \d+: internal_number: invalid value: '10000O'"),
    "no-template": (with_(template=""), {}, "set default_template for all users without template"),
    "odd-values": (with_(match_on="numbr"), {}, "invalid value: 'numbr' is none of"),
    "unknown-entity": (with_(entity="Pneumologie"), {}, "entity 'Pneumologie' not found; did you mean pneumologie-et"),
    "unknown-templates": (unknown_templates, {}, "template 'Modèle 0' not found"),
    "one-number": (with_(internal_number="100001"), {}, "duplicate: already defined at one-number.csv line 2"),
    "invalid-numbers": (invalid_numbers, {}, "invalid value: '100000x'"),
    "long-names": (with_(first_name="é" * 200, internal_number="12a"), {}, "invalid value: '12a'"),
    "outside": (with_(internal_number="99"), {"numbers": "inside"}, "99"),
    "too-many-changes": (rows, {"max_changes": 3}, r"this would change \d+ objects, and max_changes is 3"),
    "too-many-deletions": (changed(state="absent"), {}, r"this would delete \d+ objects, and max_deletions is 10"),
    "losses": (
        changed(last_name="X", template=""),
        {"losses": "refuse", "default_template": "Poste"},
        "nothing was changed, because losses is refuse",
    ),
    "stop": (rows, {}, "First: create user .*answered 400: not today"),
    "continue": (
        changed(last_name="X", template=""),
        {"on_error": "continue", "default_template": "Poste"},
        r"(\d+) of \1 writes failed",
    ),
}


def sections(site: Callable[..., Site], count: int) -> dict[str, str]:
    """Run all cases with that many users as one play; return what is printed of each."""
    server = loaded(site, count)
    folder = server.folder() / str(count)
    folder.mkdir()
    tasks: list[dict[str, Any]] = []
    for name, (table, options, _shown) in CASES.items():
        written = list(table(count))
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(written[0]))
            writer.writeheader()
            writer.writerows(written)
        config = {"src": f"{name}.csv", **options}
        tasks.append({"name": f"case {name}", "ignore_errors": True, "xivo.xci.xci_config": config})
    play = playbook.written(folder, playbook.play_of(tasks, server.connection, way=server.way))
    command = [str(playbook.PROGRAMS / "ansible-playbook"), "--diff", "-i", "localhost,", str(play)]
    (folder / "ansible.cfg").touch()
    env = playbook.environment(folder)
    # Warnings go to stderr, and have to be seen between the tasks that they belong to.
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    found = re.split(r"\nTASK \[case (.*)\] \**\n", done.stdout.decode())
    return dict(zip(found[1::2], found[2::2], strict=True))


def loaded(site: Callable[..., Site], count: int) -> Site:
    """Return a sandbox with that many users, which refuses each write of one."""
    server = site(start={**START, "xivos": [*START["xivos"], {"name": XIVO, "host": "192.0.2.3"}]})
    intervals = [{"start": "100000", "end": "999999"}]
    entity = {"name": ENTITY.partition("@")[0], "xivo": XIVO, "intervals": intervals}
    server.load({"entities": [entity], "templates": [{"name": "Poste", "xivos": [XIVO]}]})
    people = [
        {
            "entity": one["entity"],
            "template": one["template"],
            "firstName": one["first_name"],
            "lastName": one["last_name"],
            "internalNumber": one["internal_number"],
        }
        for one in existing(count)
    ]
    server.load({"users": people})
    for method in ("POST", "PUT"):
        refusal = {"kind": "status", "status": 400, "body": "not today"}
        server.sandbox.faults.add({"path": "^/users", "method": method, "fault": refusal, "times": 1_000_000})
    return server


def check(few: dict[str, str], many: dict[str, str]) -> None:
    assert list(many) == [*CASES]
    for name, text in many.items():
        assert re.search(CASES[name][2], text), f"{name}: {text}"
        assert len(text.encode()) < MOST, name
        assert len(PROGRESS.findall(text)) <= 14, name
        # But for the numbers in it, which have more digits, and the progress, since it takes longer.
        size, size_of_few = (len(PROGRESS.sub("", shown).encode()) for shown in (text, few[name]))
        assert size < size_of_few * 1.1 + 100, name


@pytest.mark.slow
def test_what_fails_prints_little_however_many_objects_there_are(site: Callable[..., Site]) -> None:
    check(sections(site, 20), sections(site, 200))


@pytest.mark.slow
def test_what_fails_prints_little_of_twenty_thousand_objects(site: Callable[..., Site]) -> None:
    many = sections(site, 20_000)
    check(sections(site, 40), many)
    sizes = sorted((len(text.encode()), name) for name, text in many.items())
    print("the longest output of a failing case:", *sizes[-1])
