# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees how an XCI answers where its API's page leaves that open, and what follows for this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.arguments import SECRET
from ..api.errors import InputError, first_of
from ..doctor.checks import choose, look, try_out, users_on
from ..doctor.meanings import USUAL
from ..doctor.probe import Probe
from ..doctor.reading import Reading, read
from ..doctor.report import Report, as_file, timings
from ..doctor.scratch import scratch_names
from ..doctor.shapes import shapes_of, unknown_keys
from .context import Context
from .spec import ModuleSpec

LONGEST_WAIT = 600
SECOND = ("second_login", "second_password")
OPTIONS: dict[str, dict[str, Any]] = {
    "scratch": {"type": "bool", "default": False},
    "xivo": {"type": "str"},
    "wait": {"type": "float", "default": 30.0},
    "second_login": {"type": "str"},
    "second_password": {**SECRET},
}


def examine(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Read XCI, and try things out where that is asked for; return the table, and what can be kept in a file."""
    if options["scratch"] and not options["xivo"]:
        raise InputError("missing required option: xivo (needed for scratch objects)")
    if options["scratch"] and not 0 <= options["wait"] <= LONGEST_WAIT:
        raise InputError(f"wait must be 0 to {LONGEST_WAIT} seconds")
    missing = [name for name in SECOND if not options[name]]
    if len(missing) == 1:
        raise InputError(f"missing required option: {missing[0]} (the two of the second administrator go together)")
    probe = Probe(context.client)
    report = Report(USUAL)
    will_write = options["scratch"] and not context.check
    reading = read(probe, (options[SECOND[0]] or "", options[SECOND[1]] or ""), will_write)
    look(reading, report)
    if not missing and not reading.limited:
        context.warnings.append("the second administrator could not log in: what he is shown was not seen")
    seen_on = {"users_on_xivo": users_on(reading, choose(reading, options["xivo"]))} if options["xivo"] else {}
    tried = options["scratch"] and _try(options, context, probe, reading, report)
    _warn_of_leftovers(context, reading, tried)
    return {
        "changed": tried,
        "verdict": report.verdict,
        "different": report.different(),
        "table": report.lines(),
        "timings": timings(probe.seconds),
        "advice": report.advice(),
        "report": as_file(report, shapes_of(reading), unknown_keys(reading), probe.seconds),
        **seen_on,
    }


def _try(options: Mapping[str, Any], context: Context, probe: Probe, reading: Reading, report: Report) -> bool:
    xivo = choose(reading, options["xivo"])
    if context.check:
        context.warnings.append("check mode: no scratch objects were made")
        return False
    users = users_on(reading, xivo)
    if users:
        context.warnings.append(f"the XiVO {xivo['name']} has {users} users; scratch objects are made beside them")
    try_out(probe, reading, report, xivo, options["wait"])
    return True


def _warn_of_leftovers(context: Context, reading: Reading, tried: bool) -> None:
    left = scratch_names({kind: reading.of(kind) for kind in reading.lists})
    if left and not tried:
        context.warnings.append(
            f"an earlier run left scratch objects ({first_of(left)}); the next one with scratch removes them"
        )


MODULE = ModuleSpec(OPTIONS, examine)
