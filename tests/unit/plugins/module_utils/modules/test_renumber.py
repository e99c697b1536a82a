# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of an entity get other numbers."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support.jobs import Killed, Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

HERE = {"entity": "accueil@xivo-nord", "default_template": TEMPLATE}


def person(number: str, **more: Any) -> dict[str, Any]:
    return {
        "entity": "accueil@xivo-nord",
        "template": TEMPLATE,
        "lastName": f"N{number}",
        "internalNumber": number,
        **more,
    }


def site(*numbers: str, intervals: tuple[tuple[str, str], ...] = (("1000", "1999"),)) -> Xci:
    entities = [dict(one) for one in START["entities"]]
    entities[0]["intervals"] = [{"start": start, "end": end} for start, end in intervals]
    return Xci.made({**START, "entities": entities, "users": [person(number) for number in numbers]})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def intervals(xci: Xci) -> list[str]:
    return [f"{one['start']}-{one['end']}" for one in xci.sandbox.state()["entities"][0]["intervals"]]


def numbers(xci: Xci) -> dict[str, str]:
    return {one["lastName"]: one["internalNumber"] for one in xci.users()}


def test_intervals_get_wider_people_move_and_intervals_get_narrower(tmp_path: Path) -> None:
    xci = site("1000", "1001", "1500")
    path = tmp_path / "a" / "list.csv"
    options = {**HERE, "from": ["1000-1099"], "to": ["6000-6099"], "dest": str(path)}
    planned = xci.run("xci_renumber", check=True, **options)
    assert (planned["count"], xci.writes) == (2, [])
    assert not (tmp_path / "a").exists()
    done = xci.run("xci_renumber", **options)
    assert (done["changed"], done["count"]) == (True, 2)
    assert [(one["action"], one["key"]) for one in done["plan"]] == [
        (one["action"], one["key"]) for one in planned["plan"]
    ]
    assert numbers(xci) == {"N1000": "6000", "N1001": "6001", "N1500": "1500"}
    assert intervals(xci) == ["1100-1999", "6000-6099"]
    methods = [path.split("/")[1] for _method, path, _body in xci.writes]
    assert methods == ["entities", "users", "users", "entities"]
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(row["old"], row["new"], row["last_name"]) for row in rows] == [
        ("1000", "6000", "N1000"),
        ("1001", "6001", "N1001"),
    ]
    again = xci.run("xci_renumber", **options)
    assert (again["changed"], again["count"], xci.writes) == (False, 0, [])
    assert list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) == rows


def test_numbers_stay_in_the_intervals_where_they_are_not_to_get_narrower() -> None:
    xci = site("1000")
    xci.run("xci_renumber", **HERE, **{"from": ["1000-1099"], "to": ["6000-6099"], "narrow": False})
    assert intervals(xci) == ["1000-1999", "6000-6099"]


def test_people_exchange_numbers_and_a_second_run_does_not_exchange_them_back(tmp_path: Path) -> None:
    table = tmp_path / "map.csv"
    table.write_text("Old;New\n1000;1001\n1001;1000\n1002;1003\n", encoding="utf-8")
    xci = site("1000", "1001", "1002")
    done = xci.run("xci_renumber", **HERE, map=str(table))
    assert numbers(xci) == {"N1000": "1001", "N1001": "1000", "N1002": "1003"}
    assert intervals(xci) == ["1000-1001", "1003-1999"]
    again = xci.run("xci_renumber", **HERE, map=str(table))
    assert (again["changed"], xci.writes) == (False, [])
    assert again["list"] == done["list"] != ""


def test_overlapping_ranges_shift_everybody_once() -> None:
    xci = site("1000", "1010", "1020")
    options = {**HERE, "from": ["1000-1019"], "to": ["1010-1029"], "narrow": False}
    with pytest.raises(InputError, match="1020"):
        raise InputError(xci.run("xci_renumber", **options)["msg"])
    xci = site("1000", "1010")
    xci.run("xci_renumber", **options)
    assert numbers(xci) == {"N1000": "1010", "N1010": "1020"}
    xci.run("xci_renumber", **options)
    assert (numbers(xci), xci.writes) == ({"N1000": "1010", "N1010": "1020"}, [])


def test_a_run_that_is_killed_at_any_point_is_finished_by_the_next_one(tmp_path: Path) -> None:
    order = random.Random(3).sample(range(1000, 1012), 12)  # noqa: S311 (it only has to be the same each time)
    table = tmp_path / "map.csv"
    pairs = {str(old): str(new) for old, new in zip(sorted(order), order, strict=True)}
    table.write_text("old;new\n" + "".join(f"{old};{new}\n" for old, new in pairs.items()), encoding="utf-8")
    wanted = {f"N{old}": new for old, new in pairs.items()}
    whole = site(*pairs)
    whole.run("xci_renumber", **HERE, map=str(table), parallelism=1, dest=str(tmp_path / "whole.csv"))
    assert numbers(whole) == wanted
    for stop_at in range(1, len(whole.writes) + 1):
        for path in (tmp_path / "home").rglob("*.csv"):
            path.unlink()
        xci = site(*pairs)
        with pytest.raises(Killed):
            xci.run("xci_renumber", stop_at=stop_at, **HERE, map=str(table), parallelism=1)
        assert all(numbers(xci).values())
        xci.run("xci_renumber", **HERE, map=str(table))
        assert numbers(xci) == wanted, stop_at


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({}, "missing required option: from and to, or map alone"),
        ({"from": ["1-2"], "map": "a"}, "from and to, or map alone"),
        ({"from": ["1000-1099"], "to": ["6000-6098"]}, "to: it has 99 numbers, but from has 100"),
        ({"from": ["1000-x"], "to": ["6000"]}, "from: invalid value: '1000-x' is not an interval"),
        ({"from": ["1009-1000"], "to": ["6000-6009"]}, "from: invalid value: 1009-1000 ends before it begins"),
        (
            {"from": ["7000-7009"], "to": ["6000-6009"]},
            "accueil@xivo-nord has none of the numbers that are to change; its intervals are 1000-1999",
        ),
        ({"from": ["1000-1009", "1005-1014"], "to": ["6000-6019"]}, "from: intervals that overlap"),
        (
            {"from": ["1000-1099"], "to": ["2000-2099"]},
            r"^nothing was changed \(1 error\): to: .*2000-2099 .* also belongs to entity urgences@xivo-nord",
        ),
        (
            {"from": ["1000-1099"], "to": ["6000-6099"], "default_template": None},
            "missing required option: default_template",
        ),
        (
            {"from": ["1000-1099"], "to": ["1500-1599"]},
            r"^nothing was changed \(1 error\): 1000 to 1500: .* 1500@accueil@xivo-nord already exists",
        ),
    ],
)
def test_what_is_not_possible_is_refused_before_any_write(options: dict[str, Any], error: str) -> None:
    xci = site("1000", "1500")
    with pytest.raises(InputError, match=error):
        raise InputError(xci.run("xci_renumber", **{**HERE, **options})["msg"])
    assert xci.writes == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("old;new\n1000;\n", "map.csv line 2: not a pair of numbers: '1000', ''"),
        ("old;new\n1000;1001\n1000;1002\n", "map.csv line 3: duplicate: 1000"),
        ("old;new\n1000;1001\n1002;1001\n", "map.csv line 3: duplicate: 1001"),
        ("a;b\n1000;1001\n", "it needs the columns old and new"),
    ],
)
def test_a_map_that_is_not_clear_is_refused(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "map.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=error):
        site("1000").run("xci_renumber", **HERE, map=str(tmp_path / "map.csv"))


def test_a_file_that_is_no_list_is_not_replaced(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("name;number\nA;1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no list of an earlier run"):
        site("1000").run("xci_renumber", **HERE, **{"from": ["1000"], "to": ["1001"], "dest": str(other)})
    assert other.read_text(encoding="utf-8") == "name;number\nA;1\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "dialects", [{}, {"numbers_outside": "refused", "write_body": "none"}], ids=["lenient", "strict"]
)
def test_a_building_of_500_is_renumbered_with_exchanges_though_it_is_killed_at_20_points(
    tmp_path: Path, home: Path, dialects: dict[str, str]
) -> None:
    draw = random.Random(7)  # noqa: S311 (it only has to be the same each time)
    old = [str(number) for number in range(1000, 1500)]
    # Half of the people exchange numbers among each other in rings, the others get numbers that nobody has.
    new = [*draw.sample(old[:250], 250), *draw.sample([str(number) for number in range(6000, 6250)], 250)]
    pairs = dict(zip(old, new, strict=True))
    table = tmp_path / "map.csv"
    table.write_text("old;new\n" + "".join(f"{one};{other}\n" for one, other in pairs.items()), encoding="utf-8")
    wanted = {f"N{one}": other for one, other in pairs.items()}

    def building() -> Xci:
        made = Xci.made(
            {
                **START,
                "entities": [{**START["entities"][0], "intervals": [{"start": "1000", "end": "1519"}]}],
                "users": [],
            },
            dialects={"cti_password": "shown", **dialects},
        )
        made.sandbox.load({"users": [person(number) for number in old]})

        def check(method: str, path: str, body: Any) -> None:
            assert method == "PUT"
            assert "/users/" not in path or body["internalNumber"]

        made.before = check
        return made

    whole = building()
    done = whole.run("xci_renumber", **HERE, map=str(table))
    assert (numbers(whole), done["count"]) == (wanted, sum(one != other for one, other in pairs.items()))
    assert intervals(whole) == ["1000-1249", "1500-1519", "6000-6249"]
    templates, narrow = {one["template"] for one in whole.users()}, intervals(whole)
    writes = len(whole.writes)
    for stop_at in draw.sample(range(1, writes + 1), 20):
        for path in home.rglob("*.csv"):
            path.unlink()
        xci = building()
        with pytest.raises(Killed):
            xci.run("xci_renumber", stop_at=stop_at, **HERE, map=str(table))
        assert all(numbers(xci).values())
        assert len(set(numbers(xci).values())) == 500
        xci.run("xci_renumber", **HERE, map=str(table))
        assert numbers(xci) == wanted, stop_at
        assert intervals(xci) == narrow
        assert {one["template"] for one in xci.users()} == templates
        xci.run("xci_renumber", **HERE, map=str(table))
        assert xci.writes == []
        Xci.stop_all()
