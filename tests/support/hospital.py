# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A made hospital group for a sandbox: 6 XiVOs, 40 entities, thousands of users, and mistakes of which each is known.

``made(hospital(3000), dialects=DIALECTS)`` is a sandbox with it; ``plant(sandbox)`` then lets it show references to
objects that do not exist, which it would refuse to load. Two calls with the same number of users make the same group.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count, islice, product
from typing import Any

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD

DIALECTS = {"overlapping_intervals": "allowed"}
"""What the sandbox has to allow for the planted mistakes."""

TEMPLATE = "Poste standard"
SITES = {"nord": 10, "sud": 8, "est": 7, "ouest": 6, "centre": 5, "littoral": 4}
"""How many entities each XiVO has."""
WARDS = (
    "accueil", "urgences", "compta", "pediatrie", "chirurgie", "radiologie", "maternite", "cardiologie", "technique",
    "direction",
)  # fmt: skip
TITLES = {
    "accueil": "Accueil général",
    "compta": "Comptabilité",
    "pediatrie": "Pédiatrie",
    "maternite": "Maternité (bât. É)",
    "technique": "Services techniques & énergie",
}
FIRST = (
    "Camille", "Zoé", "Hélène", "Jean-Luc", "Aïcha", "Noël", "Chloé", "François", "Inès", "Loïc", "Maëlle", "Rémi",
    "Anne-Sophie", "Gaëtan", "Élodie", "Benoît", "Marie", "Paul", "Lucie", "Hugo", "Nadia", "Yann", "Sarah", "Karim",
    "Jeanne", "Émile", "Fatou", "Quentin", "Ophélie", "Thibault", "Solène", "Raphaël", "Agnès", "Mickaël", "Clémence",
    "Adrien", "Joëlle", "Cédric", "Maud", "Sébastien",
)  # fmt: skip
LAST = (
    "Durand", "Lefèvre", "Martin", "D'Hervé", "Le Goff", "Müller", "Nguyễn", "Bélanger", "O'Brien", "Garçon", "Prévost",
    "Dupré", "Besançon", "Lévêque", "Chauvière", "Ferrand", "Guérin", "Hébert", "Jacquot", "Koné", "Lambert", "Mercier",
    "Noël", "Ortiz", "Perrin", "Quéré", "Renaud", "Sauvage", "Tessier", "Urbain", "Vasseur", "Weber", "Yildiz", "Zidi",
)  # fmt: skip
PARTS = ("", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Second initials, for enough different names."""

OUTSIDERS = 12
HOSTILE = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"
FULL = {"entity": "radiologie@xivo-nord", "start": "13900", "end": "13949"}
"""The one interval with one free number."""
NEARLY = {"entity": "chirurgie@xivo-sud", "start": "25980", "end": "25999"}
"""An interval of which exactly 90 % are used."""
SMALL = {"entity": "compta@xivo-est", "start": "39990", "end": "39998"}
"""An interval that is full and has less than ten numbers, so that it is no finding."""
EMPTY = ("direction@xivo-nord", "cardiologie@xivo-sud")
"""The entities without users."""
BETWEEN = (
    ("urgences@xivo-sud", "11000", "11049"),
    ("accueil@xivo-ouest", "20500", "20509"),
    ("accueil@xivo-littoral", "40100", "40100"),
)
"""Intervals of one XiVO with numbers of another one, all of which that one has in an interval of its own."""
INSIDE = (("compta@xivo-centre", "50890", "51010"), ("maternite@xivo-nord", "16100", "16199"))
"""Intervals that overlap others of the same XiVO: the first one two of them, the second one its own entity's."""
RULES = {
    "XA01": OUTSIDERS, "XA02": 3, "XA03": 2, "XA04": 2, "XA05": 3, "XA06": 1, "XA07": 3, "XA08": 1, "XA09": 1,
    "XA10": 2, "XA11": len(EMPTY),
}  # fmt: skip
"""How many findings of each rule an audit has, with what plant adds."""


def hospital(users: int = 3000) -> dict[str, Any]:
    """Return the group as a document for ``Sandbox.load``, with that many users."""
    people = [*_planted_users()]
    people += islice(_others(), users - len(people))
    return {
        "xivos": [{"name": f"xivo-{site}", "host": f"192.0.2.{place}"} for place, site in enumerate(SITES, 1)],
        "entities": list(_entities()),
        "templates": [
            {"name": TEMPLATE, "xivos": [f"xivo-{site}" for site in SITES]},
            {"name": "Chambre", "entities": ["chirurgie@xivo-nord", "maternite@xivo-nord"], "ringingTime": 20},
            {"name": "Fax", "xivos": ["xivo-sud"], "callerIdMode": "custom", "customCallerId": "0388112233"},
            {"name": "Oublié"},
        ],
        "users": people,
        "administrators": [
            *({"login": f"chef{one}", "password": PASSWORD, "superAdmin": True} for one in range(1, 4)),
            {"login": "nord", "name": "Gérard Hébert", "password": PASSWORD, "entities": _first_of(4, "nord")},
            {"login": "dix", "name": "Dix entités", "password": PASSWORD, "entities": _first_of(10, "nord")},
            {"login": "onze", "name": "Onze <i>entités</i>", "password": PASSWORD, "entities": _first_of(11)},
        ],
    }


def plant(sandbox: Sandbox) -> None:
    """Let a sandbox show three references to what does not exist: of two templates and an administrator."""
    client = DirectClient(sandbox)
    templates = client.read("/templates")
    by_name = {one["name"]: one for one in templates}
    by_name[TEMPLATE]["xivos"].append(999)
    by_name["Chambre"]["entities"].append("fermee@00000000-0000-0000-0000-000000000000")
    administrators = client.read("/administrators")
    # The dialect list_shape decides whether the list stands alone.
    rows = administrators if isinstance(administrators, list) else administrators["items"]
    next(one for one in rows if one["login"] == "nord")["entities"].append(9999)
    for path, body in (("templates", templates), ("administrators", administrators)):
        fault = {"kind": "body", "body": body}
        sandbox.faults.add({"method": "GET", "path": f"^/{path}$", "times": 0, "fault": fault})


def _first_of(number: int, site: str = "") -> list[str]:
    every = [f"{one['name']}@{one['xivo']}" for one in _entities()]
    return [one for one in every if one.endswith(site)][:number]


def _entities() -> Iterator[dict[str, Any]]:
    """Yield the entities: the n-th of a XiVO has the n-th thousand of its ten thousand numbers, and what is planted."""
    planted = [(one["entity"], one["start"], one["end"]) for one in (FULL, NEARLY, SMALL)] + [*BETWEEN, *INSIDE]
    for place, (site, number) in enumerate(SITES.items(), 1):
        for index, ward in enumerate(WARDS[:number]):
            xivo = f"xivo-{site}"
            main = {"start": str(10_000 * place + 1_000 * index), "end": str(10_000 * place + 1_000 * index + 899)}
            more = [{"start": start, "end": end} for entity, start, end in planted if entity == f"{ward}@{xivo}"]
            # A few numbers with leading zeros, and one alone.
            more += (
                [{"start": f"0{place}00", "end": f"0{place}39"}, {"start": f"9{place}"}] if ward == "accueil" else []
            )
            title = TITLES.get(ward, ward.capitalize())
            yield {"name": ward, "xivo": xivo, "displayName": f"{title} {site}", "intervals": [main, *more]}


def _user(entity: str, number: str | None, first: str, last: str, login: str = "") -> dict[str, Any]:
    cti = {"ctiLogin": login, "ctiPassword": f"cti-{login}"} if login else {}
    names = {"firstName": first, "lastName": last}
    return {"entity": entity, "template": TEMPLATE, **names, "internalNumber": number, **cti}


def _planted_users() -> Iterator[dict[str, Any]]:
    """Yield the users that an audit finds, and those that fill an interval."""
    for place in range(OUTSIDERS):
        site = [*SITES][place % len(SITES)]
        yield _user(f"urgences@xivo-{site}", str(99_000 + place), "Dehors", f"Numéro {place + 1}")
    # The same name on one XiVO; the same one on another XiVO is nothing to find.
    for entity, number, first, last in (
        ("accueil@xivo-nord", "10890", "Hélène", "Du Bois"),
        ("urgences@xivo-nord", "11890", "HELENE", "du bois"),
        ("accueil@xivo-sud", "20890", "Hélène", "Du Bois"),
        ("urgences@xivo-sud", "21890", "", "Salle d'attente"),
        ("compta@xivo-sud", "22890", "", "Salle d'attente"),
        ("accueil@xivo-est", "30890", "Ève", "Zéro"),
        ("accueil@xivo-est", "30891", "Eve", "Zero"),
        ("urgences@xivo-est", "31890", "Ève", "ZÉRO"),
    ):
        yield _user(entity, number, first, last)
    for place, login in enumerate(("double", "jumeau")):
        yield _user("accueil@xivo-nord", f"1088{place}", "Un", login, login)
        yield _user("accueil@xivo-sud", f"2088{place}", "Deux", login, login)
    for entity in ("compta@xivo-ouest", "urgences@xivo-littoral"):
        yield _user(entity, None, "Sans", f"Numéro {entity}")
    yield _user("accueil@xivo-nord", "10887", "Robert", HOSTILE, "robert")
    for interval, free in ((FULL, 1), (NEARLY, 2), (SMALL, 0)):
        for used in range(int(interval["start"]), int(interval["end"]) + 1 - free):
            yield _user(interval["entity"], str(used), "Chambre", f"n° {used}")


def _others() -> Iterator[dict[str, Any]]:
    """Yield users with names and logins of their own, entity after entity, with gaps between their numbers."""
    draw = random.Random(17)  # noqa: S311 (it only has to be the same each time)
    names = [(first, f"{last} {part}".strip()) for part, last, first in product(PARTS, LAST, FIRST)]
    entities = [one for one in _entities() if f"{one['name']}@{one['xivo']}" not in EMPTY]
    # The numbers from 850 on are left to what is planted.
    free = {id(one): draw.sample(range(850), 850) for one in entities}
    for (first, last), place in zip(names, count()):
        entity = entities[place % len(entities)]
        number = int(entity["intervals"][0]["start"]) + free[id(entity)].pop()
        login = f"u{place:05d}" if draw.random() < 0.6 else ""
        yield _user(f"{entity['name']}@{entity['xivo']}", str(number), first, last, login)
