# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The word of the tables for the numbers of which objects of one kind take one each."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Resource


@dataclass(eq=False, repr=False)
class NumberPool:
    """The numbers of which each user of an entity has one."""

    users: Resource
    entities: Resource
    number: str  #: the field of a user that is one of the numbers
    intervals: str  #: the field of an entity that says which numbers there are
    available: str  #: the field of an entity that is computed from them: those that are free
    usage: str  #: the same: how much of each interval is in use
    path: str  #: where XCI lists the free ones, below the path of an entity
