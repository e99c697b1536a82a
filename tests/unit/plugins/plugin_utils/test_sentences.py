# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands say at their end, in both languages."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.doctor import looks
from ansible_collections.xivo.xci.plugins.module_utils.doctor.meanings import MEANINGS
from ansible_collections.xivo.xci.plugins.plugin_utils.commands import source
from ansible_collections.xivo.xci.plugins.plugin_utils.doctor_words import FRENCH, in_french
from ansible_collections.xivo.xci.plugins.plugin_utils.sentences import COMMANDS, sentences

ZOE = {
    "id": 7, "first_name": "Zoé", "last_name": "D'Arc", "internal_number": "0101", "entity": "accueil@nord",
    "cti_login": "zoe", "provisioning_number": "114133",
}  # fmt: skip
LOSSES = [{"option": "template"}]
FIRST = {
    "summary": {
        "user": {"create": 2, "update": 0, "delete": 0, "unchanged": 7},
        "admin": {"create": 0, "update": 1, "delete": 0, "unchanged": 0},
    },
    "losses": [{"kind": "user", "key": "1@a@n", "option": option} for option in ("template", "cti_password")],
}
"""What applying a document to a twin returned."""
SUMMARY = {"user": {"create": 0, "update": 0, "delete": 2, "unchanged": 0}}
COUNTS = {"joiners_count": 3, "movers_count": 1, "leavers_count": 2, "unmatched_count": 4, "updated_count": 0}
MOVED = {"label": "Zoé D'Arc", "before": ZOE, "after": {**ZOE, "internal_number": "200"}, "elsewhere": True}


@pytest.mark.parametrize(
    ("command", "result", "english", "french"),
    [
        (
            "rehearse",
            {"first": FIRST, "second": {"changed": False, "plan": []}, "snapshot": "export"},
            [
                "The document works: 2 created, 1 updated, 0 deleted; applied again, it changes nothing.",
                "The real run would lose something that XCI never shows of 1 object; they are listed above.",
            ],
            [
                "Le document fonctionne : 2 créés, 1 modifiés, 0 supprimés ; appliqué de nouveau, il ne change rien.",
                "L'exécution réelle perdrait ce que XCI ne montre jamais de 1 objet, énumérés plus haut.",
            ],
        ),
        (
            "rehearse",
            {
                "first": {**FIRST, "losses": []},
                "second": {"changed": True, "plan": [{"action": "update", "kind": "user", "key": "1@a@n"}]},
                "snapshot": "",
            },
            [
                "Applied again, the document still changes something, as each real run would: update user 1@a@n.",
                "The sandbox was empty at first; with an export in xci_sandbox_snapshot, it has the data of your XCI.",
            ],
            [
                "Appliqué de nouveau, le document change encore, comme chaque exécution réelle : update user 1@a@n.",
                "Le bac à sable était vide ; avec un export dans xci_sandbox_snapshot, il a les données de votre XCI.",
            ],
        ),
        (
            "audit",
            {
                "report": {"findings": [{"rule": "XA10"}, {"rule": "XA01"}, {"rule": "XA10"}], "left_out": []},
                "file": "",
            },
            ["3 findings: XA01 1, XA10 2.", "Set xci_audit_dest to list them."],
            ["3 constats : XA01 1, XA10 2.", "Indiquez xci_audit_dest pour en avoir la liste."],
        ),
        (
            "audit",
            {"report": {"findings": [], "left_out": ["admins"]}, "file": "a.json"},
            ["No findings.", "The findings are in a.json.", "This login does not see all of XCI."],
            ["Aucun constat.", "Les constats sont dans a.json.", "Cet identifiant ne voit pas tout XCI."],
        ),
        (
            "report",
            {"report": {"counts": {"findings": 1}, "left_out": []}, "file": "r.html"},
            ["The report is in r.html.", "The audit has 1 finding."],
            ["Le rapport est dans r.html.", "L'audit compte 1 constat."],
        ),
        ("who", {"users": []}, ["Found 0 people."], ["Trouvé : 0 personne."]),
        (
            "who",
            {"users": [ZOE]},
            ["Zoé D'Arc | 0101 | accueil | nord | zoe | 114133", "Found 1 person."],
            ["Zoé D'Arc | 0101 | accueil | nord | zoe | 114133", "Trouvé : 1 personne."],
        ),
        (
            "who",
            {"users": [], "not_shown": ["users of a@nord"]},
            ["Found 0 people; not shown to this login: users of a@nord."],
            ["Trouvé : 0 personne ; non visible pour cet identifiant : users of a@nord."],
        ),
        ("directory", {"count": 2}, ["The directory has 2 people."], ["L'annuaire compte 2 personnes."]),
        (
            "compare",
            {"differences": [], "not_compared": ["admins"], "not_shown": ["admins"]},
            ["The two XCIs have 0 differences.", "Not compared: admins (this login does not see all of XCI)."],
            ["Les deux XCI ont 0 différence.", "Non comparé : admins (cet identifiant ne voit pas tout XCI)."],
        ),
        (
            "leave",
            {"compared": 1, "count": 0, "not_shown": ["admins"]},
            [
                "Compared 1 person with the exports of their XiVOs: 0 differences.",
                "This login does not see all of XCI.",
            ],
            [
                "Comparaison de 1 personne avec les exports de leurs XiVO : 0 différence.",
                "Cet identifiant ne voit pas tout XCI.",
            ],
        ),
        (
            "compare",
            {"differences": [{"where": "here"}, {"where": "both"}], "not_compared": ["admins"]},
            [
                "The two XCIs have 2 differences.",
                "1 only here, 0 only there, 1 on both with other values.",
                "Not compared: admins.",
            ],
            [
                "Les deux XCI ont 2 différences.",
                "1 seulement ici, 0 seulement là-bas, 1 avec d'autres valeurs.",
                "Non comparé : admins.",
            ],
        ),
        (
            "leave",
            {"compared": 10, "count": 1},
            ["Compared 10 people with the exports of their XiVOs: 1 difference."],
            ["Comparaison de 10 personnes avec les exports de leurs XiVO : 1 différence."],
        ),
        (
            "onboard",
            {"changed": True, "user": ZOE},
            ["Zoé D'Arc has number 0101 in accueil@nord; provisioning code: 114133."],
            ["Zoé D'Arc a le numéro 0101 dans accueil@nord ; code de provisionnement : 114133."],
        ),
        (
            "move",
            {"changed": True, "moved": MOVED, "losses": LOSSES},
            [
                "Zoé D'Arc moved from 0101 (accueil@nord) to 200 (accueil@nord).",
                "On another XiVO, the telephone has to be assigned again, with the code that the command who shows; "
                "voice mail and call lists stay behind; the line template of 1 person, which XCI never shows, was "
                "replaced by the default one.",
            ],
            [
                "Zoé D'Arc est passé de 0101 (accueil@nord) à 200 (accueil@nord).",
                "C'est un autre XiVO : le téléphone doit être réassocié, avec le code que montre la commande who ; "
                "messagerie et listes d'appels ne suivent pas ; le modèle de ligne de 1 personne, que XCI ne montre "
                "jamais, a été remplacé par celui par défaut.",
            ],
        ),
        (
            "drift",
            {"differing": 1, "invalid": 2, "left": ["nord"]},
            ["XCI differs in 1 object from the document; the document has 2 errors; not compared: nord."],
            ["XCI diffère du document sur 1 objet ; le document a 2 erreurs ; non comparé : nord."],
        ),
        (
            "export",
            {"written": ["a", "b"], "removed": []},
            ["Written: 2 files; removed: 0 files."],
            ["Écrits : 2 fichiers ; supprimés : 0 fichier."],
        ),
        (
            "export",
            {"written": [], "removed": []},
            ["No file is different from XCI."],
            ["Aucun fichier ne diffère de XCI."],
        ),
        (
            "renumber",
            {"changed": True, "count": 2, "list": "a.csv", "losses": []},
            ["2 people got another number.", "The list of old and new numbers is a.csv."],
            ["2 personnes ont reçu un autre numéro.", "La liste des numéros est a.csv."],
        ),
        (
            "sync_people",
            {"summary": SUMMARY, "losses": [], **COUNTS},
            [
                "3 joined, 1 moved, 0 changed name, 2 left (removed).",
                "Nothing was done about 4 rows: see unmatched.csv.",
            ],
            [
                "3 arrivées, 1 déplacement, 0 changement de nom, 2 départs (supprimés).",
                "4 lignes sans suite : voir unmatched.csv.",
            ],
        ),
    ],
)
def test_what_was_done(command: str, result: dict[str, Any], english: list[str], french: list[str]) -> None:
    assert sentences(command, result) == english
    assert sentences(command, result, "fr") == french


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_job_says_three_sentences_at_most(language: str) -> None:
    place = {"internal_number": "0101", "entity": "accueil@nord"}
    more = {"changed": True, "losses": LOSSES, "undo_file": "a.yml"}
    moved = {"label": "Zoé", "before": place, "after": {**place, "entity": "accueil@sud"}, "elsewhere": True}
    results: dict[str, dict[str, Any]] = {
        "move": {"moved": moved},
        "renumber": {"count": 2, "list": "a.csv"},
        "sync_people": {"summary": SUMMARY, **COUNTS},
    }
    for command, result in results.items():
        first, second, undo = sentences(command, {**result, **more}, language)
        assert (first.count("."), "XCI" in second, undo.count("xci_undo_file=a.yml")) == (1, True, 1)


def test_what_is_planned() -> None:
    assert sentences("onboard", {"changed": True, "user": {**ZOE, "provisioning_number": None}}, check=True) == [
        "Zoé D'Arc would get number 0101 in accueil@nord."
    ]
    planned = sentences("renumber", {"changed": True, "count": 2, "list": "a.csv", "losses": LOSSES}, check=True)
    assert planned == [
        "2 people would get another number.",
        "The line template of 1 person, which XCI never shows, would be replaced by the default one.",
    ]


def test_the_first_fifty_are_shown_and_all_are_counted() -> None:
    lines = sentences("who", {"users": [ZOE] * 60})
    assert (len(lines), lines[-1]) == (51, "Found 60 people; the first 50 are shown.")


def test_who_leaves_is_named_with_the_entry_that_reserves_the_number() -> None:
    gone, entry = sentences("offboard", {"users": [ZOE]})
    assert gone == "user 0101@accueil@nord (Zoé D'Arc) was deleted."
    assert "{entity: accueil@nord, start: '0101', end: '0101', reason: freed on 20" in entry
    assert sentences("offboard", {"users": []}) == ["No user found, nothing to do."]
    assert sentences("offboard", {"users": [ZOE, ZOE]})[0].startswith("Ambiguous: several users match: user 0101@")
    assert sentences("offboard", {"users": [{**ZOE, "entity": "a: b@n"}]})[1].count('entity: "a: b@n"') == 1


def test_what_a_document_changes() -> None:
    gone = {"action": "delete", "kind": "user", "key": "0101@accueil@nord", "name": "Zoé D'Arc"}
    summary = {"xivo": {"unchanged": 1}, "user": {"create": 1, "update": 0, "delete": 12, "unchanged": 0}}
    result = {"plan": [gone] * 12, "summary": summary, "errors": [], "undo_file": "a.json"}
    counts, deleted, undo = sentences("apply", result)
    assert counts == "xivo: 1 unchanged; user: 1 created, 12 deleted"
    assert deleted.startswith("user 0101@accueil@nord (Zoé D'Arc) was deleted; ")
    assert deleted.endswith("was deleted; and 2 more")
    assert undo == "To undo this: ansible-playbook xivo.xci.undo -e xci_undo_file=a.json"
    *_others, undo = sentences("apply", {**result, "undo_file": "/l'été 1/a.yml"})
    assert shlex.split(undo)[-1] == '{"xci_undo_file": "/l\'été 1/a.yml"}'
    assert (
        sentences("apply", result, "fr", check=True)[0]
        == "XiVO : 1 inchangés ; utilisateurs : 1 à créer, 12 à supprimer"
    )
    wrong = {"plan": [], "summary": {}, "errors": [{}], "msg": "invalid document"}
    assert sentences("apply", wrong, check=True) == ["invalid document", "The document is empty"]


def test_only_commands_have_sentences() -> None:
    assert set(COMMANDS) <= set(source()["commands"])
    with pytest.raises(InputError, match="no sentences for the command 'x'"):
        sentences("x", {})


def advice_in_code() -> Iterator[str]:
    """Yield all that the doctor may advise, with {value} for what is filled in."""
    for meaning in MEANINGS.values():
        yield meaning.advice
    for file in Path(looks.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            given = [one.value for one in getattr(call, "keywords", ()) if one.arg == "advice"]
            for text in given:
                if isinstance(text, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "{value}" for part in text.values
                    )
                elif isinstance(text, ast.Constant):
                    yield str(text.value)


def test_what_the_doctor_advises_is_said_in_french_too() -> None:
    assert {*advice_in_code()} - {""} == {*FRENCH}
    found = {"verdict": "differs", "different": 2, "advice": ["set timeout to 9 seconds", "report this"]}
    assert sentences("doctor", found)[1] == "What follows: set timeout to 9 seconds; report this."
    assert sentences("doctor", found, "fr")[1] == "Ce qui en résulte : réglez timeout à 9 secondes ; signalez-le."
    assert in_french("something new") == "something new"
