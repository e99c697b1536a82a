# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counting shows: numbers, names and logins that are there twice, what is free, how long a request takes."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..api.settings import API as PATH
from .looks import key_of
from .probe import Seen, several
from .reading import Reading
from .report import Finding, Note, Report, Spoken

MOST_NUMBERS = 50_000
"""How many numbers the intervals of an entity may have to be compared one by one."""
SLOW = 0.5
"""From how many seconds on a list of users counts as slow."""


def available_numbers(reading: Reading, report: Report) -> Iterator[Finding]:
    """Compare the available numbers with the intervals, minus the users."""
    found = [judged for entity, seen in reading.free if (judged := _judge_free(reading, entity, seen, report))]
    others = [one for one in found if one != "whole"]
    if found:
        yield Spoken("available_numbers", others[0] if others else "whole")


def _judge_free(reading: Reading, entity: Mapping[str, Any], seen: Seen, report: Report) -> str:
    """Return the value of the dialect that one list shows; empty where it shows nothing."""
    free = seen.elements
    if not seen.is_data or not free:
        return ""
    if all(isinstance(one, (int, float)) for one in free):
        return "integers"
    expected = _expected(reading, entity)
    if expected is None or report.dialects.get("list_part") in ("total", "next", "link", "silent"):
        return ""
    return judged(list(map(str, free)), expected)


def judged(free: list[str], expected: list[list[str]]) -> str:
    """Return what a list of free numbers is, beside those that are expected of each interval."""
    places = {number: place for place, number in enumerate(free)}
    for span in expected:
        order = [places[number] for number in span if number in places]
        if order != sorted(order):
            return "unsorted"
    missing = [number for span in expected for number in span if number not in places]
    if not missing:
        return "whole"
    broken = [span for span in expected if 0 < sum(number in places for number in span) < len(span)]
    ends = [[number in places for number in span] for span in broken]
    # What ends early has all numbers of an interval up to some number, and none after it.
    early = len(broken) <= 1 and all(flags == sorted(flags, reverse=True) for flags in ends)
    return "capped" if early else "used_elsewhere"


def _expected(reading: Reading, entity: Mapping[str, Any]) -> list[list[str]] | None:
    """Return the numbers of each interval that no user has; None where there are too many."""
    own = key_of(entity)
    taken = {
        str(user.get("internalNumber"))
        for listed, user in reading.all_users()
        if (key_of(user.get("entity")) or key_of(listed)) == own
    }
    return numbers_of(entity, taken)


def numbers_of(entity: Mapping[str, Any], taken: Container[str] = ()) -> list[list[str]] | None:
    """Return the numbers of each interval but those that are taken; None where there are too many."""
    spans = []
    for start, end in spans_of(entity):
        if int(end) - int(start) > MOST_NUMBERS:
            return None
        numbers = (str(number).zfill(len(start)) for number in range(int(start), int(end) + 1))
        spans.append([number for number in numbers if number not in taken])
    return spans


def spans_of(entity: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the bounds of an entity's intervals."""
    shown = entity.get("intervals")
    spans = [span for span in (shown if isinstance(shown, list) else ()) if isinstance(span, dict)]
    bounds = [(str(span.get("start")), str(span.get("end") or span.get("start"))) for span in spans]
    return [(start, end) for start, end in bounds if start.isdecimal() and end.isdecimal()]


def _is_inside(number: str, entity: Mapping[str, Any]) -> bool:
    return any(len(start) == len(number) and int(start) <= int(number) <= int(end) for start, end in spans_of(entity))


def numbers(reading: Reading, report: Report) -> Iterator[Finding]:
    users = reading.all_users()
    without = [user for _entity, user in users if user.get("internalNumber") in (None, "")]
    shown = [(entity, str(user["internalNumber"])) for entity, user in users if user.get("internalNumber")]
    ways = {"absent" if "internalNumber" not in user else str(user["internalNumber"]) for user in without}
    named = {"absent": "absent", "": "empty", "None": "null"}
    for way in ways if len(ways) == 1 else ():
        yield Spoken("missing_number", named[way])
    # A list may show users of other entities, too: each of them counts once.
    places = {
        (key_of(user.get("entity")) or key_of(entity), user["internalNumber"], str(user.get("id")))
        for entity, user in users
        if user.get("internalNumber")
    }
    twice = several((owner, number) for owner, number, _identity in places)
    outside = [number for entity, number in shown if number.isdecimal() and not _is_inside(number, entity)]
    odd = [number for _entity, number in shown if not number.isdecimal()]
    counts = {"duplicate numbers": twice, "users outside of the intervals": outside, "users without number": without}
    report.counts.update({**{name: len(found) for name, found in counts.items()}, "numbers with other signs": len(odd)})
    if twice:
        yield Spoken("duplicate_numbers", "allowed")
    if odd:
        yield Note("some numbers have other signs than digits", differs=True)
    if shown:
        yield Note("some are outside of the intervals" if outside else "")


def names(reading: Reading, report: Report) -> Iterator[Finding]:
    entities = [(xivo_of(entity), entity.get("name")) for entity in reading.of("entities")]
    twice = several(entities)
    for kind in ("xivos", "templates"):
        twice += several(one.get("name") for one in reading.of(kind))
    report.counts["duplicate names"] = len(twice)
    if twice:
        yield Spoken("duplicate_names", "allowed")
    elif entities:
        yield Note("")


def xivo_of(entity: Mapping[str, Any]) -> str:
    """Return the id of the XiVO of an entity, however that refers to it."""
    xivo = entity.get("xivo")
    return str(xivo.get("id") if isinstance(xivo, dict) else xivo)


def logins(reading: Reading, report: Report) -> Iterator[Finding]:
    """Say how far a CTI login that is there several times reaches."""
    xivos = {key_of(entity): xivo_of(entity) for entity in reading.of("entities")}
    places: dict[str, dict[str, str]] = {}
    for entity, user in reading.all_users():
        if user.get("ctiLogin"):
            owner = key_of(user.get("entity")) or key_of(entity)
            places.setdefault(str(user["ctiLogin"]), {})[str(user.get("id"))] = owner
    twice = [list(owners.values()) for owners in places.values() if len(owners) > 1]
    report.counts["duplicate CTI logins"] = len(twice)
    if any(several(owners) for owners in twice):
        yield Spoken("cti_logins", "free")
    elif any(several(xivos.get(owner) for owner in owners) for owners in twice):
        yield Spoken("cti_logins", "entity")
    elif places:
        yield Note("")


def provisioning(reading: Reading, report: Report) -> Iterator[Finding]:
    users = [user for _entity, user in reading.all_users() if "provisioningNumber" in user]
    empty = [user for user in users if not user["provisioningNumber"]]
    report.counts["users without provisioning number"] = len(empty)
    if users and len(empty) == len(users):
        yield Spoken("provisioning", "never")
    elif users:
        yield Note("some users have none" if empty else "")


def dangling(reading: Reading, report: Report) -> Iterator[Finding]:
    """Look for references to nothing; who does not see all entities can't know."""
    sees_all = bool(reading.of("administrators")) and "list_part" not in report.dialects
    if not (sees_all and reading.of("templates")):
        return
    known = {key_of(entity) for entity in reading.of("entities")}
    named = [key_of(one) for template in reading.of("templates") for one in template.get("entities") or ()]
    lost = {one for one in named if one} - known
    report.counts["dangling references"] = len(lost)
    if lost:
        yield Spoken("references", "dangle")
    elif named:
        yield Note("")


def seconds(reading: Reading, _report: Report) -> Iterator[Finding]:
    times = reading.probe.seconds
    users = times.get("GET /entities/*/users", [])
    slow = min(users, default=0.0) >= SLOW
    yield Spoken("users_seconds", f"{min(users):.1f}" if slow else "0")
    timeout = reading.probe.client.settings.timeout
    longest = max(max(one) for one in times.values())
    if longest > timeout / 2:
        wanted = int(4 * longest) + 1
        yield Note("a request took more than half of it", differs=True, advice=f"set timeout to {wanted} seconds")


def limited_admin(reading: Reading, _report: Report) -> Iterator[Finding]:
    yield from limited_lists(reading.limited)


def limited_lists(lists: Mapping[str, Seen]) -> Iterator[Finding]:
    """Yield what an administrator with limited rights sees."""
    if not lists:
        return
    refused = {kind for kind, seen in lists.items() if not seen.is_data}
    if {"xivos", "templates"} & refused:
        yield Spoken("limited_admins", "forbidden")
    elif "administrators" in refused:
        yield Spoken("limited_admins", "shorter")
    elif not lists["administrators"].items:
        yield Spoken("limited_admins", "empty")
    else:
        yield Note("this administrator sees administrators", differs=True)


def proxy(reading: Reading, _report: Report) -> Iterator[Finding]:
    yield from traffic(reading)
    prefix = urlsplit(reading.probe.client.settings.url).path.removesuffix(PATH)
    if prefix:
        yield Note("it is below a path prefix")


def traffic(reading: Reading) -> Iterator[Finding]:
    """Yield what limits requests were met until now."""
    pauses = reading.probe.pauses
    yield Spoken("rate_limit", "silent" if "silent" in pauses else "retry_after" if pauses else "none")
    yield Spoken("keep_alive", "no" if reading.probe.closes else "yes")


def sizes(reading: Reading, report: Report) -> None:
    """Count what was seen."""
    report.counts.update({kind: len(reading.of(kind)) for kind in ("xivos", "entities", "templates", "administrators")})
    report.counts["users"] = len(reading.all_users())
    report.counts["lists of users"] = len(reading.users)
