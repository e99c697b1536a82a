# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan may replace or delete though nobody asked for that, because XCI never shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..api.errors import Problem
from ..model.change import Operation
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES

REFUSE = "refuse"
"""The value of the option losses, beside that which warns, that lets nothing be written."""


def losses_of(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """Return the result ``losses``, such as ``[{"kind": "user", "key": "1001@...", "option": "template", ...}]``."""
    return [loss(one.resource, one.before, option, why) for one in operations for option, why in one.losses]


def loss(resource: Resource, values: Values, option: str, why: str) -> dict[str, Any]:
    """Return one entry of that result, for an object with these values before the edit."""
    who = {"kind": resource.kind, "key": resource.title(values), "name": resource.name(values)}
    return {**who, "option": option, "why": why}


def alike_losses(losses: Iterable[dict[str, Any]]) -> Iterator[Problem]:
    """Yield one problem for all losses of a kind, such as ``template of 80 users: XCI does not show it; ...``."""
    counts = Counter((one["kind"], one["option"], one["why"]) for one in losses)
    for (kind, option, why), count in counts.items():
        yield Problem(f"{option} of {RESOURCES[kind].counted(count)}: {why}", kind=kind)
