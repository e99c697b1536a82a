# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands for documents, exports, reports and audits say at their end."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import first_of
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import PEOPLE, RESOURCES
from ansible_collections.xivo.xci.plugins.plugin_utils.outcome import Outcome

NAME = PEOPLE.xivos.identity[0]
"""The key of a plan's entry that says who or what it is about."""
KINDS = {
    kind: {"en": kind, "fr": french}
    for kind, french in zip(RESOURCES, ("XiVO", "entités", "modèles", "utilisateurs", "administrateurs"), strict=True)
}
ACTIONS = {
    "create": (("created", "créés"), ("to create", "à créer")),
    "update": (("updated", "modifiés"), ("to update", "à modifier")),
    "delete": (("deleted", "supprimés"), ("to delete", "à supprimer")),
    "unchanged": (("unchanged", "inchangés"), ("unchanged", "inchangés")),
}
WRITES = ("create", "update", "delete")
MOST = 10
"""How many deletions are named."""


def audited(outcome: Outcome) -> Iterator[str]:
    findings, file = outcome.result["report"]["findings"], outcome.result["file"]
    rules = Counter(one["rule"] for one in findings)
    number = outcome.count(len(findings), ("finding", "findings"), ("constat", "constats"))
    listed = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    yield (f"{number}{outcome.say(':', ' :')} {listed}." if findings else outcome.say("No findings.", "Aucun constat."))
    if file:
        yield outcome.say(f"The findings are in {file}.", f"Les constats sont dans {file}.")
    elif findings:
        yield outcome.say("Set xci_audit_dest to list them.", "Indiquez xci_audit_dest pour en avoir la liste.")
    yield from outcome.partial(outcome.result["report"]["left_out"])


def reported(outcome: Outcome) -> Iterator[str]:
    number = outcome.count(
        outcome.result["report"]["counts"]["findings"], ("finding", "findings"), ("constat", "constats")
    )
    file = outcome.result["file"]
    yield outcome.say(f"The report is in {file}.", f"Le rapport est dans {file}.")
    yield outcome.say(f"The audit has {number}.", f"L'audit compte {number}.")
    yield from outcome.partial(outcome.result["report"]["left_out"])


def applied(outcome: Outcome) -> Iterator[str]:
    """Say what is wrong with the document, how much is changed, who is deleted, and how to undo it."""
    result = outcome.result
    if result["errors"]:
        yield str(result.get("msg", ""))
    language = "fr" if outcome.french else "en"
    parts = {
        kind: ", ".join(
            f"{counts[name]} {outcome.either(*words)}" for name, words in ACTIONS.items() if counts.get(name)
        )
        for kind, counts in result["summary"].items()
    }
    colon = outcome.say(": ", " : ")
    lines = [f"{KINDS[kind][language]}{colon}{counts}" for kind, counts in parts.items() if counts]
    yield outcome.say("; ", " ; ").join(lines) or outcome.say("The document is empty", "Le document est vide")
    deleted = [_described(one) for one in result["plan"] if one["action"] == "delete"]
    if deleted:
        more = len(deleted) - MOST
        verb = outcome.either(("was deleted", "a été supprimé"), ("would be deleted", "serait supprimé"))
        shown = "; ".join(f"{one} {verb}" for one in deleted[:MOST])
        yield shown + (outcome.say(f"; and {more} more", f" ; et {more} autres") if more > 0 else "")
    yield from undoing(outcome)


def undoing(outcome: Outcome) -> Iterator[str]:
    """Say how to undo what was written."""
    if outcome.result.get("undo_file"):
        file = outcome.result["undo_file"]
        given = f"xci_undo_file={file}"
        if re.search(r"[^\w./@+-]", file):
            # Ansible ends the value of such a pair at a blank, whatever the shell does.
            given = shlex.quote(json.dumps({"xci_undo_file": file}, ensure_ascii=False))
        command = f"ansible-playbook xivo.xci.undo -e {given}"
        yield outcome.say(f"To undo this: {command}", f"Pour l'annuler : {command}")


def _described(entry: Mapping[str, Any]) -> str:
    """Return an object of a plan with who or what it is, such as ``user 1001@accueil@nord (Zoé D'Arc)``."""
    label = entry[NAME]
    return f"{entry['kind']} {entry['key']}" + (f" ({label})" if label not in ("", entry["key"]) else "")


def drifted(outcome: Outcome) -> Iterator[str]:
    # Before ansible-core 2.19, a template makes text of a number.
    differing, errors = int(outcome.result["differing"]), int(outcome.result["invalid"])
    objects = outcome.count(differing, ("object", "objects"), ("objet", "objets"))
    faults = outcome.count(errors, ("error", "errors"), ("erreur", "erreurs"))
    parts = [outcome.say(f"XCI differs in {objects} from the document", f"XCI diffère du document sur {objects}")]
    if errors:
        parts.append(outcome.say(f"the document has {faults}", f"le document a {faults}"))
    if outcome.result["left"]:
        hosts = ", ".join(outcome.result["left"])
        parts.append(outcome.say(f"not compared: {hosts}", f"non comparé : {hosts}"))
    yield outcome.say("; ", " ; ").join(parts) + "."


def exported(outcome: Outcome) -> Iterator[str]:
    written, removed = (len(outcome.result[name]) for name in ("written", "removed"))
    if not written and not removed:
        yield outcome.say("No file is different from XCI.", "Aucun fichier ne diffère de XCI.")
        return
    one, other = (outcome.count(number, ("file", "files"), ("fichier", "fichiers")) for number in (written, removed))
    yield outcome.either(
        (f"Written: {one}; removed: {other}.", f"Écrits : {one} ; supprimés : {other}."),
        (f"To be written: {one}; to be removed: {other}.", f"À écrire : {one} ; à supprimer : {other}."),
    )


def backed_up(outcome: Outcome) -> Iterator[str]:
    folder, files = outcome.result["folder"], len(outcome.result["written"])
    number = outcome.count(files, ("file", "files"), ("fichier", "fichiers"))
    yield outcome.either(
        (f"{folder} has XCI as it is now: {number}.", f"{folder} contient XCI tel qu'il est : {number}."),
        (f"{folder} would be made: {number}.", f"{folder} serait créé : {number}."),
    )


def rehearsed(outcome: Outcome) -> Iterator[str]:
    """Say what the first of two applies did, whether the second one changed anything, and what would be lost."""
    first, second = outcome.result["first"], outcome.result["second"]
    if second["plan"]:
        # It may have changed nothing, such as where XCI rounds a number, and yet each run would write it again.
        again = first_of(f"{one['action']} {one['kind']} {one['key']}" for one in second["plan"])
        yield outcome.say(
            f"Applied again, the document still changes something, as each real run would: {again}.",
            f"Appliqué de nouveau, le document change encore, comme chaque exécution réelle : {again}.",
        )
    else:
        counts = {action: sum(one[action] for one in first["summary"].values()) for action in WRITES}
        done = ", ".join(f"{number} {outcome.say(*ACTIONS[action][0])}" for action, number in counts.items())
        yield outcome.say(
            f"The document works: {done}; applied again, it changes nothing.",
            f"Le document fonctionne : {done} ; appliqué de nouveau, il ne change rien.",
        )
    if first["losses"]:
        objects = len({(one["kind"], one["key"]) for one in first["losses"]})
        number = outcome.count(objects, ("object", "objects"), ("objet", "objets"))
        yield outcome.say(
            f"The real run would lose something that XCI never shows of {number}; they are listed above.",
            f"L'exécution réelle perdrait ce que XCI ne montre jamais de {number}, énumérés plus haut.",
        )
    if not outcome.result["snapshot"]:
        yield outcome.say(
            "The sandbox was empty at first; with an export in xci_sandbox_snapshot, it has the data of your XCI.",
            "Le bac à sable était vide ; avec un export dans xci_sandbox_snapshot, il a les données de votre XCI.",
        )
