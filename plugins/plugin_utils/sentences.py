# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command says at its end: a few plain sentences, in English or French."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, first_of
from ansible_collections.xivo.xci.plugins.module_utils.model.change import who
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import PEOPLE
from ansible_collections.xivo.xci.plugins.plugin_utils import document_sentences as documents
from ansible_collections.xivo.xci.plugins.plugin_utils.doctor_words import in_french
from ansible_collections.xivo.xci.plugins.plugin_utils.outcome import Outcome

FIRST = 50
"""How many people the command who shows."""


def sentences(command: str, result: Mapping[str, Any], language: str = "en", check: bool = False) -> list[str]:
    """Return what a command says at its end about the *result* of its module."""
    if command not in COMMANDS:
        raise InputError(f"no sentences for the command {command!r}")
    return list(COMMANDS[command](Outcome(result, language == "fr", check)))


def _found(outcome: Outcome) -> Iterator[str]:
    """Yield a line for each of the first people, then how many there are."""
    people = outcome.result[PEOPLE.users.plural]
    for values in people[:FIRST]:
        entity, xivo = PEOPLE.place(values[PEOPLE.entity])
        parts = [PEOPLE.users.name(values) or "-", values[PEOPLE.number] or "-", entity, xivo or "-"]
        yield " | ".join([*parts, values[PEOPLE.login] or "-", str(values[PEOPLE.code] or "-")])
    shown = outcome.say(f"; the first {FIRST} are shown", f" ; les {FIRST} premières sont affichées")
    found = outcome.say("Found", "Trouvé :")
    hidden = outcome.say("; not shown to this login: ", " ; non visible pour cet identifiant : ")
    left = hidden + ", ".join(outcome.not_shown) if outcome.not_shown else ""
    yield f"{found} {outcome.people(len(people))}{shown if len(people) > FIRST else ''}{left}."


def _directory(outcome: Outcome) -> Iterator[str]:
    number = outcome.people(outcome.result["count"])
    yield outcome.say(f"The directory has {number}.", f"L'annuaire compte {number}.")
    yield from outcome.partial(outcome.not_shown)


def _compare(outcome: Outcome) -> Iterator[str]:
    found = outcome.result["differences"]
    number = outcome.differences(len(found))
    yield outcome.say(f"The two XCIs have {number}.", f"Les deux XCI ont {number}.")
    if found:
        here, there = (sum(one["where"] == side for one in found) for side in ("here", "there"))
        yield outcome.say(
            f"{here} only here, {there} only there, {len(found) - here - there} on both with other values.",
            f"{here} seulement ici, {there} seulement là-bas, {len(found) - here - there} avec d'autres valeurs.",
        )
    if outcome.result["not_compared"]:
        kinds = ", ".join(outcome.result["not_compared"])
        why = outcome.say(" (this login does not see all of XCI)", " (cet identifiant ne voit pas tout XCI)")
        yield (outcome.say("Not compared: ", "Non comparé : ") + kinds + (why if outcome.not_shown else "") + ".")


def _leave(outcome: Outcome) -> Iterator[str]:
    users, number = outcome.people(outcome.result["compared"]), outcome.differences(outcome.result["count"])
    yield outcome.say(
        f"Compared {users} with the exports of their XiVOs: {number}.",
        f"Comparaison de {users} avec les exports de leurs XiVO : {number}.",
    )
    yield from outcome.partial(outcome.not_shown)


def _onboard(outcome: Outcome) -> Iterator[str]:
    person = outcome.result[PEOPLE.users.kind]
    code, number = person[PEOPLE.code], person[PEOPLE.number]
    if not outcome.result["changed"]:
        verb = outcome.say("already exists and has", "existe déjà et a")
    else:
        verb = outcome.either(("has", "a"), ("would get", "recevrait"))
    shown = outcome.say(f"; provisioning code: {code}", f" ; code de provisionnement : {code}") if code else ""
    has = outcome.say(f"number {number} in {person[PEOPLE.entity]}", f"le numéro {number} dans {person[PEOPLE.entity]}")
    yield f"{PEOPLE.users.name(person)} {verb} {has}{shown}."


def _offboard(outcome: Outcome) -> Iterator[str]:
    people = outcome.result[PEOPLE.users.plural]
    names = [who(PEOPLE.users, values) for values in people]
    if not people:
        yield outcome.say("No user found, nothing to do.", "Aucun utilisateur trouvé, rien à faire.")
    elif len(people) > 1:
        yield outcome.say(
            f"Ambiguous: several users match: {first_of(names)}. Set xci_offboard_entity or xci_offboard_xivo.",
            f"Ambigu : plusieurs utilisateurs correspondent : {first_of(names)}. Précisez xci_offboard_entity ou "
            "xci_offboard_xivo.",
        )
    else:
        deleted = outcome.either(("was deleted", "a été supprimé"), ("would be deleted", "serait supprimé"))
        yield f"{names[0]} {deleted}."
        number, entity = people[0][PEOPLE.number], people[0][PEOPLE.entity]
        day = date.today().isoformat()
        reason = outcome.say(f"freed on {day}", f"libéré le {day}")
        entry = f"{{{PEOPLE.entity}: {_quoted(entity)}, start: '{number}', end: '{number}', reason: {reason}}}"
        if number:
            yield outcome.say(
                f"To keep number {number} from the next person, add to xci_numbering, under reserved: {entry}",
                f"Pour ne pas redonner le numéro {number}, ajoutez à xci_numbering, sous reserved : {entry}",
            )


def _moved(outcome: Outcome) -> Iterator[str]:
    moved = outcome.result["moved"]
    before, after = moved["before"], moved["after"]
    place = f"{after[PEOPLE.number]} ({after[PEOPLE.entity]})"
    if not outcome.result["changed"]:
        yield outcome.say(
            f"{moved['label']} already has number {place}, nothing to do.",
            f"{moved['label']} a déjà le numéro {place}, rien à faire.",
        )
        return
    verb = outcome.either(("moved", "est passé"), ("would move", "passerait"))
    old = f"{before[PEOPLE.number]} ({before[PEOPLE.entity]})"
    yield outcome.say(f"{moved['label']} {verb} from {old} to {place}.", f"{moved['label']} {verb} de {old} à {place}.")
    elsewhere = outcome.say(
        "On another XiVO, the telephone has to be assigned again, with the code that the command who shows; voice mail "
        "and call lists stay behind",
        "C'est un autre XiVO : le téléphone doit être réassocié, avec le code que montre la commande who ; messagerie "
        "et listes d'appels ne suivent pas",
    )
    yield from _and_templates(outcome, elsewhere if moved["elsewhere"] else "")
    yield from documents.undoing(outcome)


def _and_templates(outcome: Outcome, note: str = "") -> Iterator[str]:
    """Yield a sentence of a note and of how many line templates may have been replaced, if there is any of both."""
    count = sum(one["option"] == PEOPLE.template for one in outcome.result["losses"])
    number = outcome.people(count)
    templates = outcome.say(
        f"the line template of {number}, which XCI never shows, {outcome.either(('was', ''), ('would be', ''))} "
        "replaced by the default one",
        f"le modèle de ligne de {number}, que XCI ne montre jamais, {outcome.either(('', 'a été'), ('', 'serait'))} "
        "remplacé par celui par défaut",
    )
    parts = [part for part in (note, templates if count else "") if part]
    if parts:
        text = outcome.say("; ", " ; ").join(parts)
        yield f"{text[0].upper()}{text[1:]}."


def _renumbered(outcome: Outcome) -> Iterator[str]:
    count = outcome.result["count"]
    if not outcome.result["changed"]:
        yield outcome.say("Nothing to do, everybody has the new number.", "Rien à faire, chacun a son nouveau numéro.")
        if outcome.result["list"]:
            path = outcome.result["list"]
            yield outcome.say(f"The list of old and new numbers is {path}.", f"La liste des numéros est {path}.")
        return
    verb = outcome.either(("got", "ont reçu"), ("would get", "recevraient"))
    yield outcome.say(
        f"{outcome.people(count)} {verb} another number.", f"{outcome.people(count)} {verb} un autre numéro."
    )
    path = "" if outcome.check else outcome.result["list"]
    listed = outcome.say(f"The list of old and new numbers is {path}", f"La liste des numéros est {path}")
    yield from _and_templates(outcome, listed if path else "")
    yield from documents.undoing(outcome)


def _synchronized(outcome: Outcome) -> Iterator[str]:
    counts = {
        name: outcome.result[f"{name}_count"] for name in ("joiners", "movers", "leavers", "unmatched", "updated")
    }
    removed = outcome.result["summary"][PEOPLE.users.kind]["delete"]
    left = ("removed", "supprimé") if removed else ("reported only", "seulement signalé")
    planned = outcome.either(("", ""), ("Planned: ", "Prévu : "))
    texts = {
        "joiners": (("joined",) * 2, ("arrivée", "arrivées")),
        "movers": (("moved",) * 2, ("déplacement", "déplacements")),
        "updated": (("changed name",) * 2, ("changement de nom", "changements de nom")),
        "leavers": ((f"left ({left[0]})",) * 2, (f"départ ({left[1]})", f"départs ({left[1]}s)")),
    }
    yield planned + ", ".join(outcome.count(counts[name], *words) for name, words in texts.items()) + "."
    rows = outcome.count(counts["unmatched"], ("row", "rows"), ("ligne", "lignes"))
    unmatched = outcome.say(
        f"Nothing was done about {rows}: see unmatched.csv", f"{rows} sans suite : voir unmatched.csv"
    )
    yield from _and_templates(outcome, unmatched if counts["unmatched"] else "")
    yield from documents.undoing(outcome)


def _quoted(text: str) -> str:
    """Return a text for YAML, in quotes where it needs them."""
    return text if re.fullmatch(r"[A-Za-z][\w@. -]*", text) else json.dumps(text, ensure_ascii=False)


def _doctor(outcome: Outcome) -> Iterator[str]:
    found = outcome.result
    lines = found.get("different", 0)
    yield {
        "works": outcome.say(
            "This collection works with this XCI; all that was seen is as assumed.",
            "Cette collection fonctionne avec ce XCI ; tout ce qui a été vu est conforme.",
        ),
        "differs": outcome.say(
            f"This collection works with this XCI; DIFFERENT lines: {lines}.",
            f"Cette collection fonctionne avec ce XCI ; lignes DIFFERENT : {lines}.",
        ),
        "fails": outcome.say(
            "This collection can't work with this XCI.", "Cette collection ne peut pas fonctionner avec ce XCI."
        ),
    }.get(found["verdict"]) or outcome.say("XCI could not be examined", "XCI n'a pu être examiné") + f": {found['msg']}"
    if found.get("advice"):
        french = " ; ".join(map(in_french, found["advice"]))
        yield outcome.say(f"What follows: {'; '.join(found['advice'])}.", f"Ce qui en résulte : {french}.")
    if found.get("dest"):
        yield outcome.say(
            f"{found['dest']} can go into a bug report.", f"{found['dest']} peut être joint à un rapport de bogue."
        )


COMMANDS: dict[str, Callable[[Outcome], Iterator[str]]] = {
    "audit": documents.audited,
    "apply": documents.applied,
    "backup": documents.backed_up,
    "who": _found,
    "directory": _directory,
    "doctor": _doctor,
    "drift": documents.drifted,
    "export": documents.exported,
    "compare": _compare,
    "leave": _leave,
    "move": _moved,
    "offboard": _offboard,
    "onboard": _onboard,
    "renumber": _renumbered,
    "rehearse": documents.rehearsed,
    "report": documents.reported,
    "sync_people": _synchronized,
}
