# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of users as people and programs write them, and torn, odd and hostile ones, made at random.

Each is refused with its name and a line, or read right: whoever is in a part of the file that is whole is there.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import Problem
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import InvalidDocument
from ansible_collections.xivo.xci.plugins.plugin_utils.sources import load

Person = dict[str, str]
COUNT = 500
FIRST = ["Anaïs", "Zoé", "Jean-Luc", "Éléonore", "", "Marie Ève", "O'Neil", 'Anne "Nanou"', "Léa, dite L", "Noël; 2"]
LAST = ["Lefèvre", "D'Arc", "CLF 88:40 P3", "Müller", "Nuñez", "Garçon-Œuvré", "null", "No", "=1+1", "12"]
ENTITIES = ["accueil@nord", "urgences@sud", "CLF 88:40 P3@nord"]


@dataclass
class Table:
    """A file: its lines as bytes, and for each person the lines that are about that person alone."""

    name: str
    lines: list[bytes]
    people: list[Person]
    places: list[range]

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)


def people(draw: random.Random) -> list[Person]:
    made = []
    for number in range(draw.randint(1, 6)):
        person = {
            "entity": draw.choice(ENTITIES),
            "internal_number": f"{draw.choice(['0', '1', '00'])}{number}{draw.randint(0, 9)}",
            "first_name": draw.choice(FIRST),
            "last_name": draw.choice(LAST),
        }
        made.append({name: value for name, value in person.items() if value})
    return made


def csv_file(draw: random.Random, everybody: list[Person]) -> Table:
    delimiter, ending = draw.choice(";,\t|"), draw.choice(["\n", "\r\n"])
    columns = ["entity", "internal_number", "first_name", "last_name"]
    draw.shuffle(columns)
    encoding = draw.choice(["utf-8", "utf-8-sig", "cp1252"])
    trailing = delimiter * draw.choice([0, 0, 2])
    head = draw.choice([[], [f"sep={delimiter}"], ["", delimiter * 3]])

    def cell(text: str) -> str:
        if any(sign in text for sign in f'{delimiter}"') or draw.random() < 0.2:
            text = '"' + text.replace('"', '""') + '"'
        return f" {text}" if draw.random() < 0.1 else text

    rows = [delimiter.join(columns) + trailing]
    rows += [delimiter.join(cell(person.get(name, "")) for name in columns) + trailing for person in everybody]
    texts = [f"{row}{ending}" for row in (*head, *rows)]
    if draw.random() < 0.3:
        texts[-1] = texts[-1].rstrip("\r\n")
    start = len(head) + 1
    # A byte order mark is only at the beginning.
    lines = [text.encode(encoding if index == 0 else encoding.removesuffix("-sig")) for index, text in enumerate(texts)]
    return Table("people.csv", lines, everybody, [range(start + one, start + one + 1) for one in range(len(everybody))])


def yaml_file(draw: random.Random, everybody: list[Person]) -> Table:
    flow = draw.random() < 0.5
    texts, places = ["# people", "x-note: {a: b}", "users:"], []
    for person in everybody:
        options = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in person.items()]
        entry = [f"- {{{', '.join(options)}}}"] if flow else [f"- {options[0]}", *(f"  {one}" for one in options[1:])]
        places.append(range(len(texts), len(texts) + len(entry)))
        texts += entry
    return Table(draw.choice(["people.yml", "people.YAML"]), [f"{one}\n".encode() for one in texts], everybody, places)


def json_file(draw: random.Random, everybody: list[Person]) -> Table:
    texts = ['{"users": [\n']
    for index, person in enumerate(everybody):
        end = ",\n" if index < len(everybody) - 1 else "\n"
        texts.append(json.dumps(person, ensure_ascii=draw.random() < 0.5) + end)
    places = [range(index + 1, index + 2) for index in range(len(everybody))]
    return Table("people.json", [one.encode() for one in (*texts, "]}\n")], everybody, places)


# -- what may happen to a file ------------------------------------------------------------------------------

Damage = Callable[[random.Random, Table], tuple[bytes, set[int]]]
"""Returns the content of a torn file, and the lines that were touched; a cut touches all that follow."""


def in_line(draw: random.Random, table: Table, change: Callable[[bytes], bytes]) -> tuple[bytes, set[int]]:
    index = draw.randrange(len(table.lines))
    return b"".join([*table.lines[:index], change(table.lines[index]), *table.lines[index + 1 :]]), {index}


def nothing(_draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    return table.content, set()


def cut(draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    end = draw.randrange(len(table.content))
    whole = table.content[:end].count(b"\n")
    return table.content[:end], set(range(whole, len(table.lines)))


def insert(draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    signs = [bytes([sign]) for sign in b"\"'\n\r;,{}[:-\t&*\xc3\xff\x00"]

    def change(line: bytes) -> bytes:
        at = draw.randrange(len(line) + 1)
        return line[:at] + draw.choice(signs) + line[at:]

    content, touched = in_line(draw, table, change)
    # A break at the end of a line, and what follows it, touch the next one, too.
    return content, touched | {index + 1 for index in touched}


def remove(draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    def change(line: bytes) -> bytes:
        at = draw.randrange(len(line)) if line else 0
        return line[:at] + line[at + 1 :]

    content, touched = in_line(draw, table, change)
    return content, touched | {index + 1 for index in touched}


def open_quotes(draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    """Put a quote before the first letter of two lines, as if somebody forgot to close it."""
    chosen = {draw.randrange(len(table.lines)) for _time in range(2)}
    lines = [re.sub(rb"(?=\w)", b'"', one, count=1) if i in chosen else one for i, one in enumerate(table.lines)]
    return b"".join(lines), chosen


def two_encodings(draw: random.Random, table: Table) -> tuple[bytes, set[int]]:
    """Join a half in UTF-8 and one in Windows-1252, as two programs write to one file."""
    half = draw.randrange(len(table.lines) + 1)
    first, second = b"".join(table.lines[:half]), b"".join(table.lines[half:])
    try:
        return first + second.decode("utf-8-sig").encode("cp1252"), set(range(half, len(table.lines)))
    except UnicodeDecodeError:
        return first + second.decode("cp1252").encode(), set(range(half, len(table.lines)))


DAMAGES: list[Damage] = [nothing, nothing, cut, cut, insert, insert, remove, remove, open_quotes, two_encodings]
HOSTILE = ["A\u202eB", "A\u200bB", "#REF!", "#N/A", "A\ufffdB", "A\u2028B"]


# -- what has to be true ------------------------------------------------------------------------------------


def read_people(file: Path) -> tuple[list[Person], list[Problem]]:
    """Return the users of a file as they would be written, and why it would be refused."""
    try:
        source = load(str(file), lambda path: Path(path).read_bytes(), str)
    except InvalidDocument as error:
        return [], error.problems
    users, places = source.document.get("users", []), source.places.get("users", [])
    problems: list[Problem] = []
    for entry, place in zip(users, places, strict=True):
        if not isinstance(entry, dict):
            problems.append(Problem("expected a mapping", place=place))
            continue
        parsed = parse(USER, entry)
        why = {name: USER[name].codec.refused(value) for name, value in parsed.desired.items()}
        found = [*parsed.problems, *(Problem(text, name) for name, text in why.items() if text)]
        if not {"entity", "internal_number"} <= parsed.desired.keys():
            found.append(Problem("missing required option: entity or internal_number"))
        problems += [one.at(place=place) for one in found]
    return list(users), problems


def judge(file: Path, table: Table, content: bytes, touched: set[int]) -> str:
    file.write_bytes(content)
    found, problems = read_people(file)
    for problem in problems:
        assert problem.place.startswith(table.name), problem
        assert re.search(r" line \d+", problem.place) or table.name.endswith(".json"), problem
    if problems:
        return "refused"
    untouched = [person for person, places in zip(table.people, table.places, strict=True) if not touched & set(places)]
    for person in untouched:
        assert found.count(person) >= table.people.count(person) - (len(table.people) - len(untouched)), person
        assert person in found
    assert len(found) <= len(table.people)
    if not touched:
        assert found == table.people
    return "read"


@pytest.mark.parametrize("make", [csv_file, yaml_file, json_file])
def test_torn_files(make: Callable[..., Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: dict[str, set[str]] = {}
    for seed in range(COUNT):
        draw = random.Random(seed)  # noqa: S311
        table = make(draw, people(draw))
        damage = draw.choice(DAMAGES)
        content, touched = damage(draw, table)
        outcome = judge(Path(table.name), table, content, touched)
        assert outcome == "read" or damage is not nothing, f"seed {seed} was refused"
        seen.setdefault(damage.__name__, set()).add(outcome)
    assert seen["nothing"] == {"read"}
    assert all("refused" in outcomes for name, outcomes in seen.items() if name != "nothing"), seen


@pytest.mark.parametrize("make", [csv_file, yaml_file, json_file])
def test_hostile_texts(make: Callable[..., Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in range(COUNT // 10):
        draw = random.Random(seed)  # noqa: S311
        everybody = people(draw)
        everybody[-1]["last_name"] = draw.choice(HOSTILE)
        try:
            table = make(draw, everybody)
        except UnicodeEncodeError:  # Windows-1252 has no such sign
            continue
        assert judge(Path(table.name), table, table.content, set()) == "refused", f"seed {seed}"
