# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XCI may keep of what it was sent: another case, no blanks at the ends, a rounded number, merged intervals."""

from __future__ import annotations

from .fields import Resource, Values


def not_kept(resource: Resource, sent: Values, shown: Values) -> list[str]:
    """Return the fields of which XCI can't have made what it shows of what it was sent."""
    return [name for name in sent if not may_be_kept(resource, name, sent, shown)]


def may_be_kept(resource: Resource, name: str, sent: Values, shown: Values) -> bool:
    """Return whether XCI may have made what it shows of a field of what it was sent."""
    value, found = sent[name], shown.get(name)
    return value == found or (None not in (value, found) and resource[name].codec.may_be_kept(value, found))
