# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of each row: what reading shows, and in which order the scratch objects are tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from ..api.errors import InputError, XciError, first_of
from ..model.spelling import brief, normal
from . import changes, counts, looks, tries
from .probe import Probe
from .reading import Reading
from .report import Finding, Note, Report, Spoken
from .scratch import NotWhole, Raw, Scratch
from .trial import Trial

Look = Callable[[Reading, Report], Iterator[Finding]]
LOOKS: dict[int, Look] = {
    1: looks.login,
    3: looks.no_session,
    4: looks.sessions,
    5: looks.list_shape,
    6: looks.list_part,
    7: looks.list_order,
    8: looks.spelling,
    9: looks.encoding,
    10: looks.extra_keys,
    11: looks.combined_ids,
    12: looks.user_entity,
    13: looks.references,
    14: looks.admin_entities,
    15: looks.cti_password,
    16: looks.interval_end,
    17: looks.listed_user,
    18: looks.unknown_id,
    19: counts.available_numbers,
    20: counts.numbers,
    21: counts.names,
    22: counts.logins,
    30: counts.provisioning,
    32: counts.dangling,
    34: counts.seconds,
    35: counts.limited_admin,
    36: counts.proxy,
}
TRIES: tuple[Callable[[Trial], Iterator[tuple[int, Finding]]], ...] = (
    tries.answers,
    tries.intervals,
    tries.free_numbers,
    tries.overlaps,
    tries.templates,
    tries.first_user,
    tries.second_user,
    tries.template_scope,
    tries.administrators,
    changes.unknown_keys,
    changes.replacing,
    changes.template_of_an_edit,
    changes.long_text,
    changes.moving,
    changes.renaming,
    changes.deleting,
    changes.at_once,
)
PARTS = ("total", "next", "link", "silent")


def look(reading: Reading, report: Report) -> None:
    """Say what reading shows of each row."""
    counts.sizes(reading, report)
    for number, check in LOOKS.items():
        report.add(number, check(reading, report))


def choose(reading: Reading, name: str) -> Raw:
    """Return the XiVO on which to try; raise InputError where the name is that of none, or of several."""
    xivos = reading.of("xivos")
    found = [one for one in xivos if normal(name) in (normal(str(one.get("name"))), one.get("uuid"))]
    if len(found) == 1:
        return found[0]
    why = "several XiVOs have that name; give its uuid" if found else "there is no such XiVO"
    known = first_of(sorted(str(one.get("name")) for one in xivos))
    raise InputError(f"xivo: {brief(name)}: {why}; XCI has {known or 'none'}")


def users_on(reading: Reading, xivo: Raw) -> int:
    """Return how many users were seen on a XiVO."""
    mine = (str(xivo.get("id")), str(xivo.get("uuid")))
    on_it = {looks.key_of(one) for one in reading.of("entities") if counts.xivo_of(one) in mine}
    owners = {
        str(user.get("id")): looks.key_of(user.get("entity")) or looks.key_of(entity)
        for entity, user in reading.all_users()
    }
    return sum(owner in on_it or owner.rpartition("@")[2] in mine for owner in owners.values())


def try_out(probe: Probe, reading: Reading, report: Report, xivo: Raw, wait: float) -> None:
    """Make scratch objects on a XiVO, see what comes of it, and remove them; raise XciError if some are left."""
    if report.dialects.get("list_part") in PARTS:
        report.add(6, [Note("", advice="scratch objects can't be found again in a part of a list: none were made")])
        return
    scratch = Scratch(probe, xivo, reading.of("entities"), wait)
    report.counts["leftovers removed"] = scratch.sweep()
    trial = Trial(scratch)
    lost: list[str] = []
    try:
        _try_all(trial, report)
    except NotWhole as missing:
        if not missing.made and trial.can_write():
            lost = [missing.name]
        is_there = missing.made or bool(lost)
        report.add(6 if is_there else 24, [Spoken("list_part", "silent") if is_there else Spoken("lies", "writes")])
    finally:
        left = lost + scratch.drop_all()
    report.add(36, counts.traffic(reading))
    if left:
        raise XciError(f"scratch objects could not be removed: {first_of(left)}. Run again, or remove them by hand")


def _try_all(trial: Trial, report: Report) -> None:
    for step in TRIES:
        for number, finding in step(trial):
            report.add(number, [finding])
        if not trial.here:
            return
