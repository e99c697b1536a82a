# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command says at its end: at most three plain sentences, in English or French."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, first_of
from ansible_collections.xivo.xci.plugins.module_utils.model.change import who
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import PEOPLE

FIRST = 50
"""How many people the command who shows."""


@dataclass(frozen=True)
class Told:
    """The result of a command's module, and how to put it into words.

    *check* says that nothing was written; each method returns the text in the language.
    """

    result: Mapping[str, Any]
    french: bool = False
    check: bool = False

    def say(self, english: str, french: str) -> str:
        return french if self.french else english

    def either(self, done: tuple[str, str], planned: tuple[str, str]) -> str:
        return self.say(*(planned if self.check else done))

    def count(self, number: int, english: tuple[str, str], french: tuple[str, str]) -> str:
        """Return such as ``2 people``; each language gives one and several. French has one for none, too."""
        words = french if self.french else english
        is_one = number < 2 if self.french else number == 1
        return f"{number} {words[0] if is_one else words[1]}"

    def people(self, number: int) -> str:
        return self.count(number, ("person", "people"), ("personne", "personnes"))

    def differences(self, number: int) -> str:
        return self.count(number, ("difference", "differences"), ("différence", "différences"))


def sentences(command: str, result: Mapping[str, Any], language: str = "en", check: bool = False) -> list[str]:
    """Return what a command says at its end about the *result* of its module."""
    if command not in COMMANDS:
        raise InputError(f"no sentences for the command {command!r}")
    return list(COMMANDS[command](Told(result, language == "fr", check)))


def _found(told: Told) -> Iterator[str]:
    """Yield a line for each of the first people, then how many there are."""
    people = told.result[PEOPLE.users.plural]
    for values in people[:FIRST]:
        entity, xivo = PEOPLE.place(values[PEOPLE.entity])
        parts = [PEOPLE.users.name(values) or "-", values[PEOPLE.number] or "-", entity, xivo or "-"]
        yield " | ".join([*parts, values[PEOPLE.login] or "-", str(values[PEOPLE.code] or "-")])
    shown = told.say(f"; the first {FIRST} are shown", f" ; les {FIRST} premières sont affichées")
    found = told.say("Found", "Trouvé :")
    yield f"{found} {told.people(len(people))}{shown if len(people) > FIRST else ''}."


def _directory(told: Told) -> Iterator[str]:
    number = told.people(told.result["count"])
    yield told.say(f"The directory has {number}.", f"L'annuaire compte {number}.")


def _compare(told: Told) -> Iterator[str]:
    found = told.result["differences"]
    number = told.differences(len(found))
    yield told.say(f"The two XCIs have {number}.", f"Les deux XCI ont {number}.")
    if found:
        here, there = (sum(one["where"] == side for one in found) for side in ("here", "there"))
        yield told.say(
            f"{here} only here, {there} only there, {len(found) - here - there} on both with other values.",
            f"{here} seulement ici, {there} seulement là-bas, {len(found) - here - there} avec d'autres valeurs.",
        )
    if told.result["not_compared"]:
        kinds = ", ".join(told.result["not_compared"])
        yield told.say(f"Not compared: {kinds}.", f"Non comparé : {kinds}.")


def _leave(told: Told) -> Iterator[str]:
    users, number = told.people(told.result["compared"]), told.differences(told.result["count"])
    yield told.say(
        f"Compared {users} with the exports of their XiVOs: {number}.",
        f"{users} comparées avec les exports de leurs XiVO : {number}.",
    )


def _onboard(told: Told) -> Iterator[str]:
    person = told.result[PEOPLE.users.kind]
    code, number = person[PEOPLE.code], person[PEOPLE.number]
    if not told.result["changed"]:
        verb = told.say("already exists and has", "existe déjà et a")
    else:
        verb = told.either(("has", "a"), ("would get", "recevrait"))
    shown = told.say(f"; provisioning code: {code}", f" ; code de provisionnement : {code}") if code else ""
    has = told.say(f"number {number} in {person[PEOPLE.entity]}", f"le numéro {number} dans {person[PEOPLE.entity]}")
    yield f"{PEOPLE.users.name(person)} {verb} {has}{shown}."


def _offboard(told: Told) -> Iterator[str]:
    people = told.result[PEOPLE.users.plural]
    names = [who(PEOPLE.users, values) for values in people]
    if not people:
        yield told.say("No user found, nothing to do.", "Aucun utilisateur trouvé, rien à faire.")
    elif len(people) > 1:
        yield told.say(
            f"Ambiguous: several users match: {first_of(names)}. Set xci_offboard_entity or xci_offboard_xivo.",
            f"Ambigu : plusieurs utilisateurs correspondent : {first_of(names)}. Précisez xci_offboard_entity ou "
            "xci_offboard_xivo.",
        )
    else:
        deleted = told.either(("was deleted", "a été supprimé"), ("would be deleted", "serait supprimé"))
        yield f"{names[0]} {deleted}."
        number, entity = people[0][PEOPLE.number], people[0][PEOPLE.entity]
        day = date.today().isoformat()
        reason = told.say(f"freed on {day}", f"libéré le {day}")
        entry = f"{{{PEOPLE.entity}: {_quoted(entity)}, start: '{number}', end: '{number}', reason: {reason}}}"
        if number:
            yield told.say(
                f"To keep number {number} from the next person, add to xci_numbering, under reserved: {entry}",
                f"Pour ne pas redonner le numéro {number}, ajoutez à xci_numbering, sous reserved : {entry}",
            )


def _moved(told: Told) -> Iterator[str]:
    moved = told.result["moved"]
    before, after = moved["before"], moved["after"]
    place = f"{after[PEOPLE.number]} ({after[PEOPLE.entity]})"
    if not told.result["changed"]:
        yield told.say(
            f"{moved['label']} already has number {place}, nothing to do.",
            f"{moved['label']} a déjà le numéro {place}, rien à faire.",
        )
        return
    verb = told.either(("moved", "est passé"), ("would move", "passerait"))
    old = f"{before[PEOPLE.number]} ({before[PEOPLE.entity]})"
    yield told.say(f"{moved['label']} {verb} from {old} to {place}.", f"{moved['label']} {verb} de {old} à {place}.")
    code = after[PEOPLE.code]
    if moved["elsewhere"]:
        shown = told.say(f"; provisioning code: {code}", f" ; code de provisionnement : {code}") if code else ""
        yield told.say(
            f"On another XiVO, the telephone has to be assigned again; voice mail and call lists stay behind{shown}.",
            "C'est un autre XiVO : le téléphone doit être réassocié, messagerie et listes d'appels ne suivent pas"
            f"{shown}.",
        )
    yield from _templates(told)


def _templates(told: Told) -> Iterator[str]:
    """Say how many line templates may have been replaced."""
    count = sum(one["option"] == PEOPLE.template for one in told.result["losses"])
    if count:
        number = told.people(count)
        yield told.say(
            f"The line template of {number}, which XCI never shows, {told.either(('was', ''), ('would be', ''))} "
            "replaced by the default one.",
            f"Le modèle de ligne de {number}, que XCI ne montre jamais, "
            f"{told.either(('', 'a été'), ('', 'serait'))} remplacé par celui par défaut.",
        )


def _renumbered(told: Told) -> Iterator[str]:
    count = told.result["count"]
    if not told.result["changed"]:
        yield told.say("Nothing to do, everybody has the new number.", "Rien à faire, chacun a son nouveau numéro.")
        if told.result["list"]:
            path = told.result["list"]
            yield told.say(f"The list of old and new numbers is {path}.", f"La liste des numéros est {path}.")
        return
    verb = told.either(("got", "ont reçu"), ("would get", "recevraient"))
    yield told.say(f"{told.people(count)} {verb} another number.", f"{told.people(count)} {verb} un autre numéro.")
    if told.result["list"] and not told.check:
        path = told.result["list"]
        yield told.say(f"The list of old and new numbers is {path}.", f"La liste des numéros est {path}.")
    yield from _templates(told)


def _synchronized(told: Told) -> Iterator[str]:
    counts = {name: told.result[f"{name}_count"] for name in ("joiners", "movers", "leavers", "unmatched", "updated")}
    removed = told.result["summary"][PEOPLE.users.kind]["delete"]
    left = told.say("removed" if removed else "reported only", "supprimés" if removed else "seulement signalés")
    planned = told.either(("", ""), ("Planned: ", "Prévu : "))
    yield planned + told.say(
        f"{counts['joiners']} joined, {counts['movers']} moved, {counts['updated']} changed name, "
        f"{counts['leavers']} left ({left}).",
        f"{counts['joiners']} arrivées, {counts['movers']} déplacements, {counts['updated']} changements de nom, "
        f"{counts['leavers']} départs ({left}).",
    )
    if counts["unmatched"]:
        yield told.say(
            f"Nothing was done about {counts['unmatched']} rows: see unmatched.csv.",
            f"{counts['unmatched']} lignes sans suite : voir unmatched.csv.",
        )
    yield from _templates(told)


def _audited(told: Told) -> Iterator[str]:
    findings, file = told.result["report"]["findings"], told.result["file"]
    rules = Counter(one["rule"] for one in findings)
    number = told.count(len(findings), ("finding", "findings"), ("constat", "constats"))
    listed = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    yield (f"{number}{told.say(':', ' :')} {listed}." if findings else told.say("No findings.", "Aucun constat."))
    if file:
        yield told.say(f"The findings are in {file}.", f"Les constats sont dans {file}.")
    elif findings:
        yield told.say("Set xci_audit_dest to list them.", "Indiquez xci_audit_dest pour en avoir la liste.")
    yield from _partial(told)


def _reported(told: Told) -> Iterator[str]:
    number = told.count(told.result["report"]["counts"]["findings"], ("finding", "findings"), ("constat", "constats"))
    file = told.result["file"]
    yield told.say(f"The report is in {file}.", f"Le rapport est dans {file}.")
    yield told.say(f"The audit has {number}.", f"L'audit compte {number}.")
    yield from _partial(told)


def _partial(told: Told) -> Iterator[str]:
    if told.result["report"]["left_out"]:
        yield told.say("This login does not see all of XCI.", "Cet identifiant ne voit pas tout XCI.")


def _quoted(text: str) -> str:
    """Return a text for YAML, in quotes where it needs them."""
    return text if re.fullmatch(r"[A-Za-z][\w@. -]*", text) else json.dumps(text, ensure_ascii=False)


def _doctor(told: Told) -> Iterator[str]:
    found = told.result
    lines = found.get("different", 0)
    yield {
        "works": told.say(
            "This collection works with this XCI; all that was seen is as assumed.",
            "Cette collection fonctionne avec ce XCI ; tout ce qui a été vu est conforme.",
        ),
        "differs": told.say(
            f"This collection works with this XCI; DIFFERENT lines: {lines}.",
            f"Cette collection fonctionne avec ce XCI ; lignes DIFFERENT : {lines}.",
        ),
        "fails": told.say(
            "This collection can't work with this XCI.", "Cette collection ne peut pas fonctionner avec ce XCI."
        ),
    }.get(found["verdict"]) or told.say("XCI could not be examined", "XCI n'a pu être examiné") + f": {found['msg']}"
    if found.get("advice"):
        yield told.say("What follows: ", "Ce qui en résulte : ") + "; ".join(found["advice"]) + "."
    if found.get("dest"):
        yield told.say(
            f"{found['dest']} can go into a bug report.", f"{found['dest']} peut être joint à un rapport de bogue."
        )


COMMANDS: dict[str, Callable[[Told], Iterator[str]]] = {
    "audit": _audited,
    "who": _found,
    "directory": _directory,
    "doctor": _doctor,
    "compare": _compare,
    "leave": _leave,
    "move": _moved,
    "offboard": _offboard,
    "onboard": _onboard,
    "renumber": _renumbered,
    "report": _reported,
    "sync_people": _synchronized,
}
