# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads XCI once and returns what a report shows: objects, numbers, reach, findings, and what is not shown to us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..model.audit import LANGUAGES, RULES, Objects, audit, is_outside, unchecked
from ..model.fields import Resource, Values
from ..model.ranges import is_nearly_full, shared, shown, size, usage
from ..model.resources import ADMIN, ENTITY, TEMPLATE, USER, XIVO
from ..model.suggestion import folded
from ..state.index import Item
from ..state.state import State
from .context import PARALLELISM, Context, check_parallelism
from .shown import Shown
from .spec import ModuleSpec

FULL, COUNTS = "full", "counts"
OPTIONS: dict[str, Any] = {
    "people": {"type": "str", "choices": [FULL, COUNTS], "default": FULL},
    "ignore": {"type": "list", "elements": "str", "choices": list(RULES), "default": []},
    "language": {"type": "str", "choices": list(LANGUAGES), "default": LANGUAGES[0]},
    "parallelism": PARALLELISM,
}
TEXTS = {
    "en": {
        "kind": "{what}: not shown to {login}",
        "limited": "{login} is no super-administrator: what belongs to the entities of others is missing",
        "rules": "not checked, because not everything is shown to {login}: {what}",
        "users_of": "users of {what}",
        "somebody": "the login of this report",
        XIVO.kind: "XiVOs", ENTITY.kind: "entities", TEMPLATE.kind: "line templates", ADMIN.kind: "administrators",
    },
    "fr": {
        "kind": "{what} : non visible pour {login}",
        "limited": "{login} n'est pas super-administrateur : ce qui relève des entités des autres manque",
        "rules": "non vérifié, car tout n'est pas visible pour {login} : {what}",
        "users_of": "utilisateurs de {what}",
        "somebody": "l'identifiant de ce rapport",
        XIVO.kind: "XiVO", ENTITY.kind: "entités", TEMPLATE.kind: "modèles de ligne",
        ADMIN.kind: "administrateurs",
    },
}  # fmt: skip


def report(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the module's result, with all of the report under ``report``."""
    check_parallelism(options)
    seen = _Seen(context.current(), options)
    objects = seen.objects
    findings = audit(objects, options["language"], options["ignore"], seen.partial)
    entities = _entities(objects, seen.shown.scopes)
    users = [_user(one, objects) for one in objects.users]
    nearly = [{"entity": one["entity"], **two} for one in entities for two in one["intervals"] if is_nearly_full(two)]
    content: dict[str, Any] = {
        "people": options["people"],
        "address": context.client.settings.url,
        "login": seen.login,
        "xivos": [_xivo(label, values, entities) for label, values in objects.xivos.items()],
        "entities": entities,
        "nearly_full": nearly,
        "overlaps": list(_between_xivos(objects)),
        "outside": [one for one in users if one["outside"]],
        "users": users,
        "templates": [_template(one, objects) for one in objects.templates],
        "admins": [_admin(one, objects) for one in objects.admins],
        "findings": findings,
        "rules": {name: {"title": rule.title[options["language"]]} for name, rule in RULES.items()},
        "left_out": list(seen.left_out()),
    }
    content["counts"] = _counts(content)
    return {"changed": False, "report": content if options["people"] == FULL else _without_people(content)}


class _Seen:
    """What is shown to the login of this run; each list is read once."""

    def __init__(self, state: State, options: Mapping[str, Any]) -> None:
        self._state = state
        self._options = options
        self.login = state.client.settings.login
        self.shown = Shown(state)
        xivos, entities = self._labelled(XIVO), self._labelled(ENTITY)
        self.objects = Objects(
            xivos={label: item.values for label, item in xivos},
            entities=dict(_by_xivo((label, item.values) for label, item in entities)),
            templates=[item.values for _label, item in self._labelled(TEMPLATE)],
            users=sorted((item.values for item in self._users(entities)), key=_user_order),
            admins=[item.values for _label, item in self._labelled(ADMIN)],
        )
        self.limited = self.shown.limited

    def _labelled(self, resource: Resource) -> list[tuple[str, Item]]:
        items = self.shown.items(resource)
        return sorted(((self._state.label_of(resource, item), item) for item in items), key=lambda one: one[0])

    def _users(self, entities: list[tuple[str, Item]]) -> list[Item]:
        return self.shown.items_in(USER, [item for _label, item in entities], self._options["parallelism"])

    @property
    def partial(self) -> list[str]:
        """The kinds of which there may be more than is shown."""
        unseen = [XIVO.kind, ENTITY.kind] if self.limited else []
        return [*self.shown.kinds, *unseen, *([USER.kind] if self.shown.scopes else [])]

    def left_out(self) -> Iterator[str]:
        """Yield for a person what is not in the report."""
        texts = TEXTS[self._options["language"]]
        login = self.login if self._options["people"] == FULL else texts["somebody"]
        what = [texts[kind] for kind in self.shown.kinds]
        what += [texts["users_of"].format(what=label) for label in sorted(self.shown.scopes)]
        yield from (texts["kind"].format(what=one, login=login) for one in what)
        if self.limited:
            yield texts["limited"].format(login=login)
        rules = unchecked(self.partial)
        if rules:
            yield texts["rules"].format(what=", ".join(rules), login=login)


def _by_xivo(labelled: Iterable[tuple[str, Values]]) -> list[tuple[str, Values]]:
    return sorted(labelled, key=lambda one: (one[1]["xivo"], one[1]["name"], one[0]))


def _user_order(user: Values) -> tuple[str, ...]:
    return (folded(user["last_name"] or ""), folded(user["first_name"] or ""), user["internal_number"] or "")


def _entities(objects: Objects, without_users: Iterable[str]) -> list[dict[str, Any]]:
    """Return the entities with their numbers; what is not known of one whose users are not shown is None."""
    users = objects.users_of()
    found = []
    for label, values in objects.entities.items():
        intervals, total = usage(values["intervals"], [one["internal_number"] or "" for one in users[label]])
        counts: dict[str, Any] = {
            "users": len(users[label]),
            "with_login": sum(bool(one["cti_login"]) for one in users[label]),
            **total,
        }
        if label in without_users:
            unknown = dict.fromkeys(("used", "free"))
            intervals = [{**one, **unknown} for one in intervals]
            counts = {**dict.fromkeys(counts), "size": total["size"]}
        public = {name: values[name] for name in ("name", "xivo", "display_name", "presented_number")}
        found.append({"entity": label, **public, **counts, "intervals": intervals})
    return found


def _xivo(label: str, values: Values, entities: list[dict[str, Any]]) -> dict[str, Any]:
    own = [one for one in entities if one["xivo"] == label]
    sums = {name: sum(one[name] or 0 for one in own) for name in ("users", "with_login", "size", "used", "free")}
    return {"xivo": label, **XIVO.public(values), "entities": len(own), **sums}


def _user(values: Values, objects: Objects) -> dict[str, Any]:
    return {**USER.public(values), "xivo": objects.xivo_of(values), "outside": is_outside(values, objects)}


def _between_xivos(objects: Objects) -> Iterator[dict[str, Any]]:
    """Yield the ranges of numbers that several XiVOs have in intervals."""
    owned = [(label, interval) for label, one in objects.entities.items() for interval in one["intervals"]]
    for numbers, labels in shared(owned):
        xivos = sorted({objects.entities[label]["xivo"] for label in labels})
        if len(xivos) > 1:
            yield {**shown(numbers), "size": size([numbers]), "entities": sorted(labels), "xivos": xivos}


def _template(values: Values, objects: Objects) -> dict[str, Any]:
    """Return a template with the entities whose users may have it; None where it names nobody, which is open."""
    usable = [
        label
        for label, entity in objects.entities.items()
        if entity["xivo"] in values["xivos"] or label in values["entities"]
    ]
    return {**TEMPLATE.public(values), "usable_in": usable if values["xivos"] or values["entities"] else None}


def _admin(values: Values, objects: Objects) -> dict[str, Any]:
    """Return an administrator with how many entities and users he reaches."""
    reached = objects.entities if values["super_admin"] else set(values["entities"]) & objects.entities.keys()
    users = sum(one["entity"] in reached for one in objects.users)
    return {**ADMIN.public(values), "reach": {"entities": len(reached), "users": users}}


def _counts(content: Mapping[str, Any]) -> dict[str, Any]:
    lists = ("xivos", "entities", "users", "templates", "admins", "findings", "nearly_full", "overlaps", "outside")
    counts = {name: len(content[name]) for name in lists}
    counts.update(
        {name: sum(one[name] or 0 for one in content["xivos"]) for name in ("with_login", "size", "used", "free")}
    )
    counts["remaining_slots"] = sum(one["remaining_slots"] or 0 for one in content["xivos"])
    counts["super_admins"] = sum(one["super_admin"] for one in content["admins"])
    return counts


def _without_people(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report that can be published: without names, numbers, logins and codes of people, and addresses."""
    rules = Counter(one["rule"] for one in content["findings"])
    outside = Counter(one["entity"] for one in content["outside"])
    hidden = ("users", "admins", "findings", "login", "address")
    return {
        **{name: value for name, value in content.items() if name not in hidden},
        "xivos": [{name: value for name, value in one.items() if name != "host"} for one in content["xivos"]],
        "outside": [{"entity": entity, "count": count} for entity, count in sorted(outside.items())],
        "rules": {name: {**rule, "findings": rules[name]} for name, rule in content["rules"].items()},
    }


MODULE = ModuleSpec(OPTIONS, report)
