# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each command on a hospital group of 3,000 people: in check mode, really, once more, wrongly, and with few rights.

What each has to find is counted from the group itself; see support/hospital.py.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.model.suggestion import folded
from ansible_collections.xivo.xci.tests.integration.console import Ran, run, stats
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.hospital import (
    DIALECTS,
    HOSTILE,
    RULES,
    TEMPLATE,
    hospital,
    plant,
)
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD

pytestmark = pytest.mark.slow

GROUP = hospital(3000)
STRICT = {
    **DIALECTS,
    "duplicate_names": "refused",
    "cti_logins": "xivo",
    "template_without_scope": "nobody",
    "edit_cti_password": "cleared",
    "write_body": "none",
    "provisioning": "late",
}
LENIENT = {
    **DIALECTS,
    "duplicate_names": "allowed",
    "duplicate_numbers": "allowed",
    "cti_logins": "free",
    "template_scope": "free",
    "edit_template": "optional",
    "edit_password": "optional",
    "put": "merge",
    "list_shape": "bare",
    "whole_numbers": "text",
    "cti_password": "shown",
    "list_order": "shuffled",
    "write_body": "no_content",
    "delete_dependents": "cascade",
    "references": "dangle",
}
SERVERS = {"strict": (STRICT, "worker"), "lenient": (LENIENT, "module")}
"""How XCI answers, and in which way the tasks run."""
HERS = [f"{ward}@xivo-nord" for ward in ("accueil", "urgences", "compta", "pediatrie")]
"""The entities of the administrator 'nord', which one of the planted references follows."""
HOME, NEXT = HERS[0], HERS[2]
FILE = {ward: f"{ward}@xivo-nord" for ward in ("urgences", "compta")}
"""The sites of the personnel file."""


def people(*entities: str) -> list[dict[str, Any]]:
    return [one for one in GROUP["users"] if not entities or one["entity"] in entities]


def named(part: str, *entities: str) -> int:
    texts = ("firstName", "lastName", "internalNumber", "ctiLogin")
    return sum(any(part in folded(one.get(name) or "") for name in texts) for one in people(*entities))


def free(entity: str, among: Iterator[int]) -> str:
    used = {one["internalNumber"] for one in people(entity)}
    return next(number for number in map(str, among) if number not in used)


ROBERT = next(one for one in GROUP["users"] if one.get("ctiLogin") == "robert")
"""Who has a login, and a name that is a script."""
NORD = [one for one in people() if one["entity"].endswith("@xivo-nord")]
FIRST_FREE = free(NEXT, iter(range(12_000, 12_900)))
LEAVER = next(one for one in people(HOME) if one.get("ctiLogin", "").startswith("u"))
RENUMBERED = [one for one in people(HERS[3]) if "13000" <= one["internalNumber"] <= "13899"]
LOGINS = [one for one in people(*FILE.values()) if one.get("ctiLogin")]
MOVERS, LEAVERS, JOINERS = 3, 2, 4


@dataclass(frozen=True)
class Job:
    """A command with its variables: the numbers that it sets, and a sentence that it says at the end.

    *check* and *sentence* are of check mode and of the real run; *writes* are the methods of the requests that change
    something; *again* the numbers of a second run; *bad* what is refused, and with which words; *hers* the numbers for
    an administrator of four entities in check mode, or the words with which she is refused.
    """

    command: str
    given: Mapping[str, Any]
    stats: Mapping[str, Any]
    sentence: str
    bad: tuple[Mapping[str, Any], str]
    hers: Mapping[str, Any] | str
    check: str = ""
    writes: Mapping[str, int] = field(default_factory=dict)
    again: Mapping[str, Any] | None = None
    code: int = 0
    files: Callable[[Path], None] = lambda folder: None
    look: Callable[[Path, Site], None] = lambda folder, site: None


def lay_personnel(folder: Path) -> None:
    """Write a file of two sites: of those who are there, some have changed it, some are not in it, some are new."""
    other = dict(zip(FILE.values(), reversed(FILE.values()), strict=True))
    rows = [[one["ctiLogin"], one["lastName"], one["firstName"], "", one["entity"]] for one in LOGINS[LEAVERS:]]
    for row in rows[:MOVERS]:
        row[4] = other[row[4]]
    rows += [[f"neuf{place}", f"Neuf {place}", "Zoé", "", "compta@xivo-nord"] for place in range(JOINERS)]
    rows.append(["ailleurs", "D'ailleurs", "", "", "nowhere@xivo-nord"])
    text = "Login;Nom;Prénom;Poste;Site\n" + "".join(f"{';'.join(row)}\n" for row in rows)
    (folder / "hr.csv").write_bytes(text.replace("ễ", "e").encode("cp1252"))
    columns = {"Login": "cti_login", "Nom": "last_name", "Prénom": "first_name", "Poste": "internal_number"}
    sites = {"column": "Site", "values": {entity: entity for entity in FILE.values()}}
    (folder / "map.yml").write_text(
        json.dumps({"columns": columns, "entity": sites, "template": {"value": TEMPLATE}}), encoding="utf-8"
    )


def lay_exports(folder: Path) -> None:
    """Write what a XiVO exports: a name is another one, somebody is missing, somebody is there who is not on XCI."""
    rows = [
        [place[0], one["internalNumber"], one["firstName"], one["lastName"]]
        for one in people()
        if (place := one["entity"].partition("@"))[2] == "xivo-nord" and one["internalNumber"]
    ]
    accueil = [row for row in rows if row[0] == "accueil"]
    accueil[0][3] = "Autrement"
    rows.remove(accueil[1])
    rows.append(["accueil", "10899", "Nouvelle", "Personne"])
    with (folder / "nord.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["context", "exten", "firstname", "lastname"], *rows])


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def look_at_directory(folder: Path, _site: Site) -> None:
    """All names are there, those with an apostrophe in front that a spreadsheet would run."""
    rows = table(folder / "d.csv")
    assert Counter((row["last_name"].removeprefix("'"), row["number"]) for row in rows) == Counter(
        (one["lastName"], one["internalNumber"] or "") for one in people()
    )


def look_at_findings(folder: Path, _site: Site) -> None:
    assert Counter(one["rule"] for one in json.loads((folder / "f.json").read_text(encoding="utf-8"))) == RULES


def look_at_report(folder: Path, _site: Site) -> None:
    shown = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert (shown["counts"]["users"], shown["counts"]["outside"]) == (3000, RULES["XA01"])
    assert HOSTILE not in (folder / "r.html").read_text(encoding="utf-8")


def look_at_people(folder: Path, site: Site) -> None:
    sizes = {name: len(table(folder / "out" / f"{name}.csv")) for name in ("joiners", "movers", "leavers", "unmatched")}
    # A second run finds that all is done, but for those who left and are only reported.
    assert sizes == {"joiners": 0, "movers": 0, "leavers": LEAVERS, "unmatched": 1}
    unique(site)


def unique(site: Site) -> None:
    """Nobody has the number of somebody else, and nobody is gone."""
    users = [one for one in site.users() if one["internalNumber"]]
    assert len({(one["entity"], one["internalNumber"]) for one in users}) == len(users)
    assert len(users) >= 2998


def look_at_numbers(folder: Path, site: Site) -> None:
    unique(site)
    intervals = [one["intervals"] for one in site.sandbox.state()["entities"] if one["name"] == "pediatrie"]
    assert [(one["start"], one["end"]) for one in intervals[0]] == [("70000", "70899")]
    assert len(table(folder / "list.csv")) == len(RENUMBERED)


SHOW_CODES = ("who", "onboard")
"""The commands that print provisioning codes."""
USERS = {"xci_default_template": TEMPLATE}
PEOPLE = {"xci_people_joiners": JOINERS, "xci_people_movers": MOVERS, "xci_people_leavers": LEAVERS}
HER_RULES = {"XA01": 2, "XA02": 1}
JOBS = [
    Job(
        "who", {"xci_who": "LEFEVRE"}, {"xci_who_count": named("lefevre")},
        f"Found {named('lefevre')} people; the first 50 are shown.",
        ({"xci_who": "nobody at all"}, "Found 0 people."), {"xci_who_count": named("lefevre", *HERS)},
    ),
    Job(
        "audit", {"xci_audit_dest": "f.json"}, {"xci_audit_count": sum(RULES.values())},
        f"{sum(RULES.values())} findings: {', '.join(f'{rule} {count}' for rule, count in RULES.items())}.",
        ({"xci_audit_ignore": "XA99"}, "XA99"), {"xci_audit_count": sum(HER_RULES.values())},
        code=2, look=look_at_findings,
    ),
    Job(
        "report", {"xci_report_dest": "r.html", "xci_report_json": "r.json"}, {"xci_report_count": sum(RULES.values())},
        f"The audit has {sum(RULES.values())} findings.",
        ({"xci_report_people": "none"}, "none"), {"xci_report_count": sum(HER_RULES.values())}, look=look_at_report,
    ),
    Job(
        "directory", {"xci_directory_dest": "d.csv"}, {"xci_directory_count": 3000}, "The directory has 3000 people.",
        ({"xci_directory_dest": "/proc/nowhere/d.csv"}, "can't be written"),
        {"xci_directory_count": len(people(*HERS))}, look=look_at_directory,
    ),
    Job(
        "compare", {"xci_compare_with": "other.json"}, {"xci_compare_count": 3},
        "1 only here, 1 only there, 1 on both with other values.",
        ({"xci_compare_with": "nowhere.json"}, "nowhere.json"), {"xci_compare_count": 3},
    ),
    Job(
        "leave", {"xci_leave_exports": "xivo-nord=nord.csv", "xci_leave_dest": "leaving"}, {"xci_leave_count": 3},
        f"Compared {len(NORD)} people with the exports of their XiVOs: "
        "3 differences.",
        ({"xci_leave_exports": "xivo-nrod=nord.csv"}, "xivo 'xivo-nrod' not found; did you mean xivo-nord"),
        {"xci_leave_count": 3}, files=lay_exports,
    ),
    Job(
        "move", {"xci_move_who": "robert", "xci_move_to": NEXT, **USERS}, {"xci_move_count": 1},
        f"moved from 10887 ({HOME}) to {FIRST_FREE} ({NEXT}).",
        ({"xci_move_to": "comptta@xivo-nord"}, "entity 'comptta@xivo-nord' not found; did you mean"),
        {"xci_move_count": 1}, check=f"would move from 10887 ({HOME}) to {FIRST_FREE} ({NEXT}).",
        writes={"PUT": 1}, again={"xci_move_count": 0},
    ),
    Job(
        "renumber",
        {
            "xci_renumber_entity": HERS[3], "xci_renumber_from": "13000-13899", "xci_renumber_to": "70000-70899",
            "xci_renumber_dest": "list.csv", **USERS,
        },
        {"xci_renumber_count": len(RENUMBERED)}, f"{len(RENUMBERED)} people got another number.",
        ({"xci_renumber_to": "70000-70800"}, "to: it has 801 numbers, but from has 900"),
        {"xci_renumber_count": len(RENUMBERED)}, check=f"{len(RENUMBERED)} people would get another number.",
        writes={"PUT": len(RENUMBERED) + 2}, again={"xci_renumber_count": 0}, look=look_at_numbers,
    ),
    Job(
        "sync_people",
        {"xci_people_src": "hr.csv", "xci_people_map": "map.yml", "xci_people_dest": "out", **USERS},
        {"xci_sync_people_count": JOINERS + MOVERS, **PEOPLE, "xci_people_unmatched": 1},
        f"{JOINERS} joined, {MOVERS} moved, 0 changed name, {LEAVERS} left (reported only).",
        ({"xci_people_max_leavers": "1"}, f"nothing was changed: {LEAVERS} of {len(LOGINS)} people"),
        {"xci_sync_people_count": JOINERS + MOVERS, **PEOPLE, "xci_people_unmatched": 1},
        writes={"POST": JOINERS, "PUT": MOVERS},
        again={
            "xci_sync_people_count": 0, "xci_people_joiners": 0, "xci_people_movers": 0, "xci_people_leavers": LEAVERS,
            "xci_people_unmatched": 1,
        },
        files=lay_personnel, look=look_at_people,
    ),
    Job(
        "onboard", {"xci_onboard_entity": NEXT, "xci_onboard_last_name": "Neuve", "xci_onboard_template": TEMPLATE},
        {"xci_onboard_count": 1}, f"Neuve has number {FIRST_FREE} in {NEXT}",
        ({"xci_onboard_template": "Poste standart"}, "template 'Poste standart' not found; did you mean"),
        {"xci_onboard_count": 1}, check=f"Neuve would get number {FIRST_FREE} in {NEXT}",
        writes={"POST": 1}, again={"xci_onboard_count": 0},
    ),
    Job(
        "offboard", {"xci_offboard_cti_login": LEAVER["ctiLogin"]}, {"xci_offboard_count": 1},
        f"user {LEAVER['internalNumber']}@{HOME} ({LEAVER['firstName']} {LEAVER['lastName']}) was deleted.",
        ({"xci_offboard_entity": "acueil@xivo-nord"}, "entity 'acueil@xivo-nord' not found; did you mean"),
        {"xci_offboard_count": 1}, check=f"({LEAVER['firstName']} {LEAVER['lastName']}) would be deleted.",
        writes={"DELETE": 1}, again={"xci_offboard_count": 0},
    ),
]  # fmt: skip
"""The commands, with what each has to find in the group."""


def lay_document(server: Site, folder: Path) -> None:
    """Write an export of the group that differs in three people, all of them of her entities."""
    run(server, "xivo.xci.export", folder=folder, xci_export_directory="export")
    document: dict[str, Any] = {}
    for file in sorted((folder / "export").rglob("*.yml")):
        for plural, entries in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
            document.setdefault(plural, []).extend(entries)
    hers = [one for one in document["users"] if one["entity"] == HOME]
    hers[0]["last_name"] = "Autrement"
    document["users"].remove(hers[1])
    document["users"].append({"entity": HOME, "internal_number": "10899", "last_name": "Nouvelle"})
    (folder / "other.json").write_text(json.dumps(document), encoding="utf-8")


def same_text(ran: Ran, sentence: str) -> bool:
    """Whether a sentence is in the output, which shows lists as JSON."""
    return json.dumps(sentence, ensure_ascii=False)[1:-1] in ran.output


@pytest.mark.parametrize("dialects", SERVERS)
@pytest.mark.parametrize("job", JOBS, ids=[job.command for job in JOBS])
def test_a_command_on_a_hospital_group(
    job: Job, dialects: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    switches, way = SERVERS[dialects]
    server = Site(way, tmp_path, GROUP, dialects=switches)
    folder = tmp_path / "work"
    folder.mkdir()
    job.files(folder)
    with server.sandbox:
        plant(server.sandbox)
        if job.command == "compare":
            lay_document(server, folder)
        common: dict[str, Any] = {"folder": folder, "may_warn": True, "may_fail": bool(job.code)}
        book = f"xivo.xci.{job.command}"

        def checked(*arguments: str, **more: Any) -> Ran:
            """Run the command; check that it prints no provisioning code, unless it is for that."""
            ran = run(server, book, *arguments, **{**common, **job.given, **more})
            codes = {str(one["provisioningNumber"]) for one in server.users()}
            assert job.command in SHOW_CODES or not codes & {*re.findall(r"\b[0-9]{6}\b", ran.output)}
            return ran

        hers = dict(server.connection)
        wrong = checked(**{**job.bad[0], "may_fail": True})
        assert (wrong.code, wrong.writes) == (2, []), wrong.output
        assert job.bad[1] in wrong.output, wrong.output

        # Without what was planted into the lists that only a super-administrator sees.
        rules, own = server.sandbox.faults.as_list(), server.connection
        server.sandbox.faults.clear()
        server.connection = {**hers, "xci_login": "nord", "xci_password": PASSWORD}
        limited = checked("--check")
        server.connection = own
        for rule in rules:
            server.sandbox.faults.add({name: rule[name] for name in ("method", "path", "times", "fault")})
        assert (stats(limited), limited.writes) == (job.hers, []), limited.output

        check = checked("--check")
        assert (check.code, stats(check), check.writes) == (job.code, job.stats, []), check.output
        assert same_text(check, job.check or job.sentence), check.output

        done = checked()
        assert (done.code, stats(done)) == (job.code, job.stats), done.output
        assert Counter(method for method, _path in done.writes) == job.writes, done.writes
        assert same_text(done, job.sentence), done.output

        again = checked()
        assert (again.code, stats(again), again.writes) == (job.code, job.again or job.stats, []), again.output
        job.look(folder, server)
