# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users as a personnel system says: who joins, who moves, who leaves, and who is never touched."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.modules.people_map import FIELDS, parse_map
from ansible_collections.xivo.xci.tests.support.hospital import DIALECTS, hospital
from ansible_collections.xivo.xci.tests.support.jobs import Killed, Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

EXAMPLE = Path(__file__).resolve().parents[5] / "docs" / "example"
MAP: dict[str, Any] = {
    "columns": {"Login": "cti_login", "Nom": "last_name", "Prénom": "first_name", "Poste": "internal_number"},
    "entity": {"column": "Site", "values": {"Nord": "accueil@xivo-nord", "Sud": "accueil@xivo-sud"}},
    "template": {"value": TEMPLATE},
}
HEADER = "Login;Nom;Prénom;Poste;Site;Service\n"
STAY = "adupont;Dupont;Alice;1002;Nord;x\nbleroy;Leroy;Bob;;Nord;x\nclefevre;LEFEVRE;Chloé;1004;Nord;x\n"


def person(
    number: str, last: str, first: str, login: str | None = None, entity: str = "accueil@xivo-nord"
) -> dict[str, Any]:
    names = {"lastName": last, "firstName": first, "internalNumber": number, "ctiLogin": login}
    return {"entity": entity, "template": TEMPLATE, **names}


def site() -> Xci:
    people = [
        person("1002", "Dupont", "Alice", "adupont"),
        person("1003", "Leroy", "Bob", "bleroy"),
        person("1004", "Lefèvre", "Chloé", "clefevre"),
        person("1100", "Salle Rivière", ""),
        person("3000", "Ailleurs", "Anne", "aailleurs", "compta@xivo-nord"),
    ]
    return Xci.made({**START, "users": people})


def run(xci: Xci, folder: Path, text: str, encoding: str = "utf-8", **options: Any) -> dict[str, Any]:
    (folder / "hr.csv").write_bytes(text.encode(encoding))
    return xci.run("xci_people", **{"src": str(folder / "hr.csv"), "map": MAP, "dest": str(folder / "out"), **options})


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts(result: dict[str, Any]) -> dict[str, int]:
    names = ("joiners", "movers", "leavers", "unmatched", "updated")
    return {name: result[f"{name}_count"] for name in names if result[f"{name}_count"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_nothing_is_written_where_all_is_as_the_file_says(tmp_path: Path, encoding: str) -> None:
    xci = site()
    result = run(xci, tmp_path, HEADER + STAY, encoding)
    assert (counts(result), result["changed"], xci.writes) == ({}, False, [])
    assert [rows(tmp_path, name) for name in ("joiners", "movers", "leavers", "unmatched")] == [[], [], [], []]


def test_who_joins_gets_a_number_and_a_code(tmp_path: Path) -> None:
    xci = site()
    text = HEADER + STAY + "zoe;D'Hervé;Zoé;;Nord;x\nyves;Noël;Yves;1500;Nord;x\n"
    planned = run(xci, tmp_path, text, check=True)
    assert (counts(planned), xci.writes) == ({"joiners": 2}, [])
    assert [(row["number"], row["code"]) for row in rows(tmp_path, "joiners")] == [("1000", ""), ("1500", "")]
    done = run(xci, tmp_path, text)
    assert (counts(done), done["count"]) == ({"joiners": 2}, 2)
    by_login = {one["ctiLogin"]: one for one in xci.users()}
    assert [(row["cti_login"], row["number"], row["code"], row["entity"]) for row in rows(tmp_path, "joiners")] == [
        ("zoe", "1000", by_login["zoe"]["provisioningNumber"], "accueil@xivo-nord"),
        ("yves", "1500", by_login["yves"]["provisioningNumber"], "accueil@xivo-nord"),
    ]
    assert by_login["zoe"]["lastName"] == "D'Hervé"
    again = run(xci, tmp_path, text)
    assert (counts(again), xci.writes) == ({}, [])


def test_a_run_that_is_killed_is_finished_by_the_next_one_whose_lists_have_everybody(tmp_path: Path) -> None:
    text = HEADER + STAY.replace("1002;Nord", "1002;Sud").replace("bleroy", "new") + "zoe;D'Hervé;Zoé;;Nord;x\n"
    for stop_at in range(1, 5):
        xci = site()
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        with pytest.raises(Killed):
            run(xci, tmp_path, text, leavers="remove", stop_at=stop_at, parallelism=1)
        # A look in between changes nothing of that.
        run(xci, tmp_path, text, leavers="remove", check=True)
        done = run(xci, tmp_path, text, leavers="remove")
        assert len(xci.writes) == 5 - stop_at
        assert counts(done) == {"joiners": 2, "movers": 1, "leavers": 1}
        codes = {one["ctiLogin"]: one["provisioningNumber"] for one in xci.users()}
        assert {row["cti_login"]: row["code"] for row in rows(tmp_path, "joiners")} == {
            login: codes[login] for login in ("new", "zoe")
        }
        (moved,) = rows(tmp_path, "movers")
        assert (moved["from_number"], moved["to_number"], moved["to_entity"]) == ("1002", "1002", "accueil@xivo-sud")
        assert [row["cti_login"] for row in rows(tmp_path, "leavers")] == ["bleroy"]
        again = run(xci, tmp_path, text, leavers="remove")
        assert (counts(again), xci.writes, rows(tmp_path, "joiners")) == ({}, [], [])


def test_who_changes_site_moves_with_the_number_where_it_fits(tmp_path: Path) -> None:
    xci = site()
    moved = STAY.replace("1002;Nord", "1002;Sud").replace("Leroy;Bob;;Nord", "Leroy;Bob;;Sud")
    done = run(xci, tmp_path, HEADER + moved)
    assert counts(done) == {"movers": 2}
    assert {one["option"] for one in done["losses"]} == {"template", "cti_password"}
    assert [(row["from_number"], row["to_entity"], row["to_number"]) for row in rows(tmp_path, "movers")] == [
        ("1002", "accueil@xivo-sud", "1002"),
        ("1003", "accueil@xivo-sud", "1003"),
    ]
    assert len({one["entity"] for one in xci.users() if one["ctiLogin"] in ("adupont", "bleroy")}) == 1
    again = run(xci, tmp_path, HEADER + moved)
    assert (counts(again), xci.writes) == ({}, [])


def test_two_people_never_get_one_number(tmp_path: Path) -> None:
    xci = site()
    xci.sandbox.load({"users": [person("1003", "Sud", "Steve", "ssud", "accueil@xivo-sud")]})
    text = HEADER + STAY.replace("Nord", "Sud") + "ssud;Sud;Steve;;Nord;x\nnew1;A;A;1000;Sud;x\nnew2;B;B;;Sud;x\n"
    run(xci, tmp_path, text)
    places = [(one["entity"], one["internalNumber"]) for one in xci.users()]
    assert len(set(places)) == len(places) == 8


def test_columns_that_mean_nothing_may_share_a_name(tmp_path: Path) -> None:
    text = "".join(f"{line};a;b\n" for line in STAY.splitlines())
    assert counts(run(site(), tmp_path, f"{HEADER.strip()};Note;Note\n{text}")) == {}


def test_who_joins_or_moves_where_no_number_is_left_is_reported_and_the_others_are_taken_over(tmp_path: Path) -> None:
    small = [dict(one) for one in START["entities"]]
    small[3]["intervals"] = [{"start": "1000", "end": "1001"}]
    xci = Xci.made({**START, "entities": small, "users": [person("1002", "Dupont", "Alice", "adupont")]})
    text = HEADER + "adupont;Dupont;Alice;;Sud;x\nzoe;A;B;;Sud;x\nyves;C;D;;Sud;x\nlou;E;F;;Nord;x\n"
    assert counts(run(xci, tmp_path, text)) == {"joiners": 2, "movers": 1, "unmatched": 1}
    assert [row["reason"] for row in rows(tmp_path, "unmatched")] == ["no number is left in accueil@xivo-sud"]
    assert len(xci.users()) == 3


def test_an_error_says_which_row_it_is_about(tmp_path: Path) -> None:
    text = HEADER + STAY + "zoe;A;B;9999;Nord;x\n"
    with pytest.raises(InputError, match=r"^nothing was changed \(1 error\): \S+hr.csv line 5: Poste: 9999 is outside"):
        raise InputError(run(site(), tmp_path, text, numbers="inside")["msg"])


def test_who_leaves_and_is_an_administrator_of_xci_is_warned_of(tmp_path: Path) -> None:
    xci = Xci.made(
        {**START, "users": [person("1002", "Dupont", "A", "adupont"), person("1003", "Lefèvre", "M", "MLefevre")]}
    )
    run(xci, tmp_path, HEADER + STAY.splitlines(keepends=True)[0])
    assert "who left, but is still an administrator of XCI: MLefevre" in xci.warnings


def test_who_stays_keeps_the_number_whatever_the_file_says(tmp_path: Path) -> None:
    xci = site()
    done = run(xci, tmp_path, HEADER + STAY.replace("1004", "1005"))
    assert (counts(done), xci.writes) == ({}, [])


def test_names_that_differ_in_more_than_case_and_accents_change(tmp_path: Path) -> None:
    xci = site()
    done = run(xci, tmp_path, HEADER + STAY.replace("Dupont", "Martin"))
    assert counts(done) == {"updated": 1}
    assert [(one["action"], one["changes"]) for one in done["plan"]] == [
        ("update", {"last_name": {"before": "Dupont", "after": "Martin"}})
    ]


def test_who_leaves_is_reported_and_only_removed_on_request(tmp_path: Path) -> None:
    xci = site()
    text = HEADER + STAY.splitlines(keepends=True)[0]
    reported = run(xci, tmp_path, text)
    assert (counts(reported), reported["changed"], xci.writes) == ({"leavers": 2}, False, [])
    assert [row["cti_login"] for row in rows(tmp_path, "leavers")] == ["bleroy", "clefevre"]
    run(xci, tmp_path, text, leavers="remove")
    assert [method for method, _path, _body in xci.writes] == ["DELETE", "DELETE"]
    # Neither the room without a login nor somebody of an entity that the file is not about.
    assert [one["internalNumber"] for one in xci.users()] == ["1002", "1100", "3000"]


@pytest.mark.parametrize(
    ("most", "refused"), [("5%", False), ("2", True), ("0", True), ("3", False), ("100%", False), ("20 %", False)]
)
def test_a_file_in_which_too_many_are_missing_is_refused(tmp_path: Path, most: str, refused: bool) -> None:
    xci = site()
    text = HEADER + "zoe;D'Hervé;Zoé;;Nord;x\n"
    if refused:
        with pytest.raises(InputError, match="nothing was changed: 3 of 3 people with a login are not in the file"):
            run(xci, tmp_path, text, max_leavers=most)
        assert (xci.writes, (tmp_path / "out").exists()) == ([], False)
    else:
        assert counts(run(xci, tmp_path, text, max_leavers=most)) == {"joiners": 1, "leavers": 3}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";Sans;Login;;Nord;x", "no login"),
        ("zoe;A;B;;Ouest;x", "Site 'Ouest' is not in the map"),
        ("zoe;A;B;;;x", "Site is empty"),
        ("zoe;;;;Nord;x", "no name"),
        ("zoe;A;B;10a;Nord;x", "Poste: '10a' is not a number in digits"),
        ("zoe;#REF!;B;;Nord;x", "Nom: '#REF!' is an error of a spreadsheet"),
        (
            "zoe;A;B;1100;Nord;x",
            "number 1100 in accueil@xivo-nord is that of user 1100@accueil@xivo-nord (Salle Rivière)",
        ),
        ("ADUPONT;A;B;;Nord;x", "this login is in several rows"),
    ],
)
def test_a_row_about_which_nothing_can_be_done_is_reported_and_nobody_leaves_for_it(
    tmp_path: Path, row: str, reason: str
) -> None:
    xci = site()
    done = run(xci, tmp_path, f"{HEADER}{STAY}{row}\n")
    assert xci.writes == []
    assert "leavers" not in counts(done)
    assert {one["reason"] for one in rows(tmp_path, "unmatched")} == {reason}
    assert rows(tmp_path, "unmatched")[-1]["line"] == "5"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (HEADER, "nobody is in the file"),
        ("", "no column Login, Nom, Prénom, Poste, Site; the file is empty"),
        (HEADER + STAY[:-12], "line 4: 4 cells, but line 1 has 6 columns"),
        ("Login;Nom;Prénom;Poste\n", "no column Site; the file has Login, Nom, Prénom, Poste"),
        ("login;Nom;Prénom;Poste;Site\n", "no column Login; did you mean login"),
        (HEADER + 'a;"b;c;d;e;f\n', "a quote is opened in this row and never closed"),
        (HEADER.replace("Prénom", "Nom") + STAY, "line 1: each column needs a name of its own: several are called Nom"),
        ("\0\0\0L\0\0\0o", "neither UTF-8 nor UTF-16"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, text: str, error: str) -> None:
    xci = site()
    with pytest.raises(InputError, match=error.replace("(", r"\(")):
        run(xci, tmp_path, text)
    assert xci.writes == []


def test_entities_of_the_map_that_do_not_exist_are_an_error(tmp_path: Path) -> None:
    broken = {**MAP, "entity": {"column": "Site", "values": {"Nord": "acueil@xivo-nord", "Sud": "accueil@xivo-sud"}}}
    with pytest.raises(InputError, match=r"map.entity: entity 'acueil@xivo-nord' not found; did you mean"):
        run(site(), tmp_path, HEADER + STAY, map=broken)


# -- the map ----------------------------------------------------------------------------------------------------------


def test_the_schema_and_the_module_agree_on_the_example() -> None:
    schema = json.loads((EXAMPLE / "people-map.schema.json").read_text(encoding="utf-8"))
    example = yaml.safe_load((EXAMPLE / "people-map.yml").read_text(encoding="utf-8"))
    jsonschema.validate(example, schema)
    parse_map(example)
    assert sorted(schema["properties"]["columns"]["additionalProperties"]["enum"]) == sorted(FIELDS)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"columns": {}}, "map.columns: no column means cti_login"),
        ({"columns": None}, "map.columns: missing"),
        ({"columns": {"a": "cti_login", "b": "cti_login"}}, "map.columns: two columns mean cti_login"),
        ({"columns": {"a": "cti_login", "b": "entity"}}, "map.columns.b: 'entity' is nothing that a column can mean"),
        ({"entity": {}}, "map.entity: give either column or value"),
        ({"entity": {"value": "a", "column": "b"}}, "map.entity: give either column or value"),
        ({"template": {"colum": "a"}}, "map.template: expected"),
        ({"delimiter": ";;"}, "map.delimiter: invalid value"),
        ({"entities": {}}, "map.entities: unsupported key; did you mean entity"),
    ],
)
def test_a_wrong_map_is_refused_by_the_module_and_the_schema(change: dict[str, Any], error: str) -> None:
    wrong = {**MAP, **change}
    with pytest.raises(InputError, match=error):
        parse_map(wrong)
    schema = json.loads((EXAMPLE / "people-map.schema.json").read_text(encoding="utf-8"))
    # A schema can neither require a value of some column, nor forbid one twice.
    if not str(change).startswith(("{'columns': {}", "{'columns': {'a': 'cti_login', 'b': 'cti")):
        assert not jsonschema.Draft202012Validator(schema).is_valid(wrong)


# -- a hospital group -------------------------------------------------------------------------------------------------

ROOMS = 60
"""How many users of the group have no login."""


def group() -> dict[str, Any]:
    """Return the hospital group in which nearly everybody has a login of his own."""
    made = hospital(3060)
    for place, one in enumerate(made["users"]):
        one.pop("ctiPassword", None)
        one["ctiLogin"] = f"p{place:05d}" if place >= ROOMS else None
    return made


def spelled(text: str) -> str:
    """Return a name as the personnel system has it, which knows Western letters only."""
    return text.encode("cp1252", "ignore").decode("cp1252") if "ễ" not in text else text.replace("ễ", "e")


@pytest.mark.slow
def test_a_file_of_3000_with_joiners_movers_and_leavers(tmp_path: Path) -> None:
    start = group()
    xci = Xci.made(start, dialects={**DIALECTS, "cti_password": "shown"})
    sites = sorted({one["entity"] for one in start["users"]} | {"accueil@xivo-nord"})
    people = [dict(one) for one in start["users"][ROOMS:]]
    people, gone = people[12:], people[:12]
    movers = people[100:350:10]
    for one in movers:
        one["entity"] = sites[(sites.index(one["entity"]) + 1) % len(sites)]
    new = [
        {
            "ctiLogin": f"n{place:03d}",
            "firstName": "Zoé",
            "lastName": f"Neuf {place}",
            "entity": sites[place % len(sites)],
        }
        for place in range(40)
    ]
    lines = [
        ";".join(
            (
                one["ctiLogin"],
                spelled(one["lastName"]),
                spelled(one["firstName"]),
                one.get("internalNumber") or "",
                one["entity"],
            )
        )
        for one in [*people, *new]
    ]
    assert len(lines) == 3028
    text = "Login;Nom;Prénom;Poste;Site\n" + "".join(f"{line}\n" for line in lines)
    options: dict[str, Any] = {
        "map": {**MAP, "entity": {"column": "Site", "values": {site: site for site in sites}}},
        "leavers": "remove",
    }
    options["map"]["template"] = {"value": start["templates"][0]["name"]}
    rooms = [one for one in xci.users() if not one["ctiLogin"]]
    half = text[: text.index("\n", len(text) // 2) + 1]
    for cut in (half, half[:-20]):
        with pytest.raises(InputError):
            run(xci, tmp_path, cut, "cp1252", **options)
        assert xci.writes == []
    planned = run(xci, tmp_path, text, "cp1252", check=True, **options)
    done = run(xci, tmp_path, text, "cp1252", **options)
    expected = {"joiners": 40, "movers": 25, "leavers": 12}
    assert counts(planned) == counts(done) == expected
    assert sorted(method for method, _path, _body in xci.writes) == ["DELETE"] * 12 + ["POST"] * 40 + ["PUT"] * 25
    assert [len(rows(tmp_path, name)) for name in expected] == [40, 25, 12]
    assert all(row["number"] and row["code"] for row in rows(tmp_path, "joiners"))
    assert {row["cti_login"] for row in rows(tmp_path, "leavers")} == {one["ctiLogin"] for one in gone}
    after = xci.users()
    assert [one for one in after if not one["ctiLogin"]] == rooms
    places = [(one["entity"], one["internalNumber"]) for one in after if one["internalNumber"]]
    assert len(set(places)) == len(places)
    again = run(xci, tmp_path, text, "cp1252", **options)
    assert (counts(again), xci.writes) == ({}, [])
