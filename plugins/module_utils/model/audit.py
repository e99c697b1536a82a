# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of an audit as data: what each looks at, how it finds that, and what a person reads. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ..api.errors import first_of
from .fields import Resource, Values
from .intervals import contains, show_interval
from .ranges import is_nearly_full, overlapping, usage
from .resources import ADMIN, ENTITY, RESOURCES, TEMPLATE, USER, XIVO
from .suggestion import folded

MOST_SUPER, MOST_ENTITIES = 2, 10
"""How many super-administrators there should be at most, and how many entities another one should manage."""


@dataclass
class Objects:
    """What is on an XCI, in normal form; references are labels, and XiVOs and entities are found by theirs."""

    xivos: Mapping[str, Values] = field(default_factory=dict)
    entities: Mapping[str, Values] = field(default_factory=dict)
    templates: list[Values] = field(default_factory=list)
    users: list[Values] = field(default_factory=list)
    admins: list[Values] = field(default_factory=list)

    def of(self, resource: Resource) -> Iterable[Values]:
        """Return all objects of a kind."""
        found = getattr(self, resource.plural)
        return found.values() if isinstance(found, Mapping) else found

    def users_of(self) -> dict[str, list[Values]]:
        """Return the users by their entity, also for the entities that have none."""
        found: dict[str, list[Values]] = {label: [] for label in self.entities}
        for user in self.users:
            found.setdefault(user["entity"], []).append(user)
        return found

    def xivo_of(self, user: Values) -> str:
        """Return the XiVO of a user's entity."""
        return str(self.entities.get(user["entity"], {}).get("xivo", ""))


Finding = tuple[Resource, str, dict[str, Any]]
"""An object, by its kind and its key, and what the text of the rule says about it."""


@dataclass(frozen=True)
class Rule:
    """One rule. *title* is what it is about, *text* what a person reads of a finding, both by language."""

    find: Callable[[Objects], Iterable[Finding]]
    title: Mapping[str, str]
    text: Mapping[str, str]
    needs: tuple[Resource, ...] = ()  #: the kinds that must be seen in full, without which it is not checked


def audit(
    objects: Objects, language: str = "en", ignore: Iterable[str] = (), partial: Iterable[str] = ()
) -> list[dict[str, str]]:
    """Return what the rules find, each as ``{"rule", "kind", "key", "msg"}``.

    *ignore* are rules to leave out, *partial* the kinds of which not all is seen; see unchecked.
    """
    leave_out = {*ignore, *unchecked(partial)}
    return [
        {"rule": name, "kind": resource.kind, "key": key, "msg": rule.text[language].format_map(facts)}
        for name, rule in RULES.items()
        if name not in leave_out
        for resource, key, facts in rule.find(objects)
    ]


def unchecked(partial: Iterable[str]) -> list[str]:
    """Return the rules that can't be checked where not all objects of some kinds are seen."""
    hidden = set(partial)
    return [name for name, rule in RULES.items() if hidden & {resource.kind for resource in rule.needs}]


# -- users ------------------------------------------------------------------------------------------------------


def is_outside(user: Values, objects: Objects) -> bool:
    """Return whether a user has a number that is in none of the intervals of their entity."""
    entity, number = objects.entities.get(user["entity"]), user["internal_number"]
    return bool(entity and number and not any(contains(one, number) for one in entity["intervals"]))


def _outside(objects: Objects) -> Iterator[Finding]:
    for user in objects.users:
        if is_outside(user, objects):
            intervals = objects.entities[user["entity"]]["intervals"]
            shown = ", ".join(map(show_interval, intervals)) or "-"
            facts = {"name": USER.name(user), "number": user["internal_number"], "entity": user["entity"]}
            yield USER, USER.title(user), {**facts, "intervals": shown}


def _same_name(objects: Objects) -> Iterator[Finding]:
    def likeness(user: Values) -> Any:
        name = folded(USER.name(user))
        return name and (objects.xivo_of(user), name)

    for same in _alike(objects.users, likeness):
        facts = {"count": len(same), "xivo": objects.xivo_of(same[0]), "name": USER.name(same[0]), "who": _who(same)}
        yield USER, USER.title(same[0]), facts


def _same_login(objects: Objects) -> Iterator[Finding]:
    for same in _alike(objects.users, lambda user: (user["cti_login"] or "").casefold()):
        yield USER, USER.title(same[0]), {"count": len(same), "login": same[0]["cti_login"], "who": _who(same)}


def _without_number(objects: Objects) -> Iterator[Finding]:
    for user in objects.users:
        if not user["internal_number"]:
            yield USER, USER.title(user), {"name": USER.name(user) or "-", "entity": user["entity"]}


def _alike(users: Iterable[Values], likeness: Callable[[Values], Any]) -> list[list[Values]]:
    """Return the users that share something, where several do; what is empty is not shared."""
    groups: dict[Any, list[Values]] = {}
    for user in users:
        key = likeness(user)
        if key:
            groups.setdefault(key, []).append(user)
    return [same for same in groups.values() if len(same) > 1]


def _who(users: Iterable[Values]) -> str:
    return first_of(f"{USER.name(one)} ({USER.title(one)})" for one in users)


# -- entities ---------------------------------------------------------------------------------------------------


def _nearly_full(objects: Objects) -> Iterator[Finding]:
    users = objects.users_of()
    for label, entity in objects.entities.items():
        for one in usage(entity["intervals"], [user["internal_number"] or "" for user in users[label]])[0]:
            if is_nearly_full(one):
                yield ENTITY, label, {**one, "interval": show_interval(one)}


def _overlaps(objects: Objects) -> Iterator[Finding]:
    for xivo in objects.xivos:
        own = [(label, entity) for label, entity in objects.entities.items() if entity["xivo"] == xivo]
        for (label, one), (other, another) in overlapping([(lab, iv) for lab, ent in own for iv in ent["intervals"]]):
            facts = {"interval": show_interval(one), "other": show_interval(another), "entity": other}
            yield ENTITY, label, facts


def _without_users(objects: Objects) -> Iterator[Finding]:
    for label, users in objects.users_of().items():
        if not users:
            yield ENTITY, label, {}


# -- templates, administrators, references ----------------------------------------------------------------------


def _unrestricted(objects: Objects) -> Iterator[Finding]:
    for template in objects.templates:
        if not template["xivos"] and not template["entities"]:
            yield TEMPLATE, TEMPLATE.title(template), {}


def _dangling(objects: Objects) -> Iterator[Finding]:
    known = {XIVO.kind: objects.xivos, ENTITY.kind: objects.entities}
    for resource in RESOURCES.values():
        shown = {name: ref for name, ref in resource.references.items() if resource[name].reads and ref.kind in known}
        for values in objects.of(resource):
            for name, ref in shown.items():
                targets = values[name] if isinstance(values[name], list) else [values[name]]
                for target in targets:
                    if target and target not in known[ref.kind]:
                        yield resource, resource.title(values), {"option": name, "kind": ref.kind, "target": target}


def _many_super(objects: Objects) -> Iterator[Finding]:
    every = [one["login"] for one in objects.admins if one["super_admin"]]
    if len(every) > MOST_SUPER:
        yield ADMIN, every[0], {"count": len(every), "who": first_of(every)}


def _many_entities(objects: Objects) -> Iterator[Finding]:
    for admin in objects.admins:
        if len(admin["entities"]) > MOST_ENTITIES:
            yield ADMIN, ADMIN.title(admin), {"count": len(admin["entities"])}


RULES: dict[str, Rule] = {
    "XA01": Rule(
        _outside,
        {"en": "user outside of the intervals", "fr": "utilisateur hors des intervalles"},
        {
            "en": "{name} has the number {number}, which is outside of the intervals of {entity} ({intervals})",
            "fr": "{name} a le numéro {number}, hors des intervalles de {entity} ({intervals})",
        },
    ),
    "XA02": Rule(
        _same_name,
        {"en": "the same name twice on a XiVO", "fr": "même nom plusieurs fois sur un XiVO"},
        {
            "en": "{count} users of {xivo} are called {name}: {who}",
            "fr": "{count} utilisateurs de {xivo} s'appellent {name} : {who}",
        },
    ),
    "XA03": Rule(
        _same_login,
        {"en": "the same CTI login twice", "fr": "même identifiant CTI plusieurs fois"},
        {
            "en": "{count} users have the CTI login {login}: {who}",
            "fr": "{count} utilisateurs ont l'identifiant CTI {login} : {who}",
        },
    ),
    "XA04": Rule(
        _nearly_full,
        {"en": "interval nearly full", "fr": "intervalle presque plein"},
        {
            "en": "{interval}: {used} of {size} numbers are in use, {free} free",
            "fr": "{interval} : {used} numéros utilisés sur {size}, {free} libres",
        },
    ),
    "XA05": Rule(
        _overlaps,
        {"en": "intervals overlap on a XiVO", "fr": "intervalles qui se chevauchent sur un XiVO"},
        {
            "en": "{interval} overlaps {other} of {entity}",
            "fr": "{interval} chevauche {other} de {entity}",
        },
    ),
    "XA06": Rule(
        _unrestricted,
        {"en": "template with neither XiVOs nor entities", "fr": "modèle sans XiVO ni entité"},
        {
            "en": "names neither XiVOs nor entities: everybody or nobody may use it",
            "fr": "ne nomme ni XiVO ni entité : tout le monde ou personne ne peut l'utiliser",
        },
    ),
    "XA07": Rule(
        _dangling,
        {"en": "dangling reference", "fr": "référence vers un objet inexistant"},
        {
            "en": "{option} refers to the {kind} {target}, which does not exist",
            "fr": "{option} renvoie à {kind} {target}, qui n'existe pas",
        },
        needs=(XIVO, ENTITY),
    ),
    "XA08": Rule(
        _many_super,
        {"en": "more than two super-administrators", "fr": "plus de deux super-administrateurs"},
        {"en": "{count} super-administrators: {who}", "fr": "{count} super-administrateurs : {who}"},
        needs=(ADMIN,),
    ),
    "XA09": Rule(
        _many_entities,
        {"en": "administrator with more than ten entities", "fr": "administrateur de plus de dix entités"},
        {"en": "manages {count} entities", "fr": "gère {count} entités"},
        needs=(ADMIN,),
    ),
    "XA10": Rule(
        _without_number,
        {"en": "user without number", "fr": "utilisateur sans numéro"},
        {"en": "{name} in {entity} has no number", "fr": "{name} dans {entity} n'a pas de numéro"},
    ),
    "XA11": Rule(
        _without_users,
        {"en": "entity without users", "fr": "entité sans utilisateur"},
        {"en": "has no users", "fr": "n'a aucun utilisateur"},
        needs=(USER,),
    ),
}
"""All rules, by their ids, in the order in which findings are listed."""
LANGUAGES = ("en", "fr")
