# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an XCI as it is, with logins and GETs alone; what that shows is for looks.py to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..api.cancellation import threads
from .probe import Probe, Seen

LISTS = {"xivos": "/xivo", "entities": "/entities", "templates": "/templates", "administrators": "/administrators"}
UNKNOWN = "/users/999999999"
MOST_USER_LISTS = 200
"""Of how many entities the users are read; more say nothing new of XCI."""
MOST_ALONE = 3
"""How many users are read by themselves, and of how many entities the available numbers."""
READS, MORE_READS = 3, 12
"""How often a list is read to see whether its order changes; and one whose order does, whether it shows others.

Before something is written, each list is read more often: one may show the same three times by chance.
"""

Object = Mapping[str, Any]


@dataclass
class Reading:
    """What XCI showed.

    *entry* is the answer to the login, *stranger* the one without a session. *lists* are the answers for each list, in
    their order. *users* are the lists of entities with users, *free* of entities their available numbers, *alone* the
    users that were read by themselves with how their lists show them. *plain_path* and *encoded_path* are the answers
    for one entity, *limited* those for lists to a second administrator.
    """

    probe: Probe
    stranger: Seen
    entry: Seen
    lists: dict[str, list[Seen]] = field(default_factory=dict)
    users: list[tuple[Object, Seen]] = field(default_factory=list)
    free: list[tuple[Object, Seen]] = field(default_factory=list)
    alone: list[tuple[Object, Seen]] = field(default_factory=list)
    singles: dict[str, Seen] = field(default_factory=dict)
    unknown: Seen | None = None
    plain_path: Seen | None = None
    encoded_path: Seen | None = None
    limited: dict[str, Seen] = field(default_factory=dict)
    cookies_needed: bool = False
    earlier_session_ends: bool | None = None

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the objects of a list; none where it was refused."""
        seen = self.lists.get(kind)
        return seen[0].items if seen and seen[0].is_data else []

    def all_users(self) -> list[tuple[Object, dict[str, Any]]]:
        """Return the users, each with the entity in whose list he is."""
        return [(entity, user) for entity, seen in self.users for user in seen.items]

    def every_list(self) -> Iterator[Seen]:
        """Yield the answer for each list that was read, but those of available numbers."""
        for seen in self.lists.values():
            if seen[0].is_data:
                yield seen[0]
        yield from (seen for _entity, seen in self.users if seen.is_data)


def read(probe: Probe, second: tuple[str, str], will_write: bool, parallelism: int = 4) -> Reading:
    """Read XCI; *second* is the login and the password of an administrator with limited rights, if there is one."""
    stranger = probe.get(LISTS["xivos"], cookie="")
    reading = Reading(probe, stranger, probe.enter())
    _try_cookies(reading)
    _read_lists(reading, MORE_READS if will_write else READS)
    reading.unknown = probe.get(UNKNOWN)
    _read_paths(reading)
    _read_users(reading, parallelism)
    _read_alone(reading)
    _read_free(reading)
    if all(second):
        _read_limited(reading, *second)
    return reading


def _try_cookies(reading: Reading) -> None:
    """See whether each of several cookies is needed, and whether a second login ends the first session."""
    probe, first = reading.probe, reading.probe.cookie
    pairs = first.split("; ")
    if len(pairs) > 1:
        reading.cookies_needed = not any(probe.get(LISTS["xivos"], cookie=pair).is_data for pair in pairs)
    probe.enter()
    reading.earlier_session_ends = not probe.get(LISTS["xivos"], cookie=first).is_data


def _read_lists(reading: Reading, reads: int) -> None:
    for kind, path in LISTS.items():
        seen, most = [reading.probe.get(path)], reads
        while len(seen) < most and seen[0].is_data and sorted(_ids(seen[-1])) == sorted(_ids(seen[0])):
            seen.append(reading.probe.get(path))
            most = most if _ids(seen[-1]) == _ids(seen[0]) else MORE_READS
        reading.lists[kind] = seen


def _ids(seen: Seen) -> list[str]:
    return [str(one.get("id")) for one in seen.items]


def _read_paths(reading: Reading) -> None:
    """Read one entity by its combinedId, with its @ as it is and encoded."""
    named = [one for one in reading.of("entities") if "@" in str(one.get("combinedId"))]
    for entity in named[:1]:
        probe = reading.probe
        reading.encoded_path = probe.get(probe.path_of(entity))
        probe.plain = "@"
        reading.plain_path = probe.get(probe.path_of(entity))
        if reading.encoded_path.is_data or not reading.plain_path.is_data:
            probe.plain = ""


def _read_users(reading: Reading, parallelism: int) -> None:
    """Read the users of the entities, side by side: of each XiVO in turn, where there are too many."""
    entities = [one for one in reading.of("entities") if one.get("combinedId")]
    by_xivo: dict[str, int] = {}
    ranked = []
    for place, entity in enumerate(entities):
        xivo = str(entity["combinedId"]).rpartition("@")[2]
        by_xivo[xivo] = by_xivo.get(xivo, 0) + 1
        ranked.append((by_xivo[xivo], place, entity))
    chosen = [entity for _rank, _place, entity in sorted(ranked, key=lambda one: one[:2])[:MOST_USER_LISTS]]
    if not chosen:
        return
    with threads(min(parallelism, len(chosen)), reading.probe.client.cancellation) as pool:
        answers = pool.map(reading.probe.get, [f"{reading.probe.path_of(entity)}/users" for entity in chosen])
        reading.users = list(zip(chosen, answers))


def _read_alone(reading: Reading) -> None:
    """Read some users by themselves, best those who have most to show; and one object of each other kind."""
    users = [user for _entity, user in reading.all_users() if user.get("id") is not None]
    users.sort(key=lambda user: sum(value in (None, "") for value in user.values()))
    for user in users[:MOST_ALONE]:
        reading.alone.append((user, reading.probe.get(f"/users/{_key(user)}")))
    for kind in ("xivos", "templates", "administrators"):
        for one in reading.of(kind)[:1]:
            reading.singles[kind] = reading.probe.get(f"{LISTS[kind]}/{_key(one)}")


def _key(raw: Object) -> str:
    """Return an id as a path has it, however it is spelled."""
    return quote(str(raw.get("id")).removesuffix(".0"), safe="")


def _read_free(reading: Reading) -> None:
    with_intervals = [entity for entity, _seen in reading.users if entity.get("intervals")]
    for entity in with_intervals[:MOST_ALONE]:
        reading.free.append((entity, reading.probe.get(f"{reading.probe.path_of(entity)}/available_numbers")))


def _read_limited(reading: Reading, login: str, password: str) -> None:
    entered = reading.probe.log_in(login, password)
    if entered.status < 300 and entered.answer.cookie:
        reading.limited = lists_of(reading.probe, entered.answer.cookie)


def lists_of(probe: Probe, cookie: str) -> dict[str, Seen]:
    """Return the answers for all lists in another session."""
    return {kind: probe.get(path, cookie=cookie) for kind, path in LISTS.items()}
