# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page of a report shows beside the report itself: the picture, the table of users, what changed since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.xivo.xci.plugins.plugin_utils.picture import picture

OPTIONAL = ("cti_login", "provisioning_number", "external_number", "mail")
"""The columns of the table of users that are left out where nobody has one."""
COMPARED = ("first_name", "last_name", "internal_number", "entity", "cti_login")
"""What of a user is compared with an earlier report."""


def page(report: Mapping[str, Any], previous: Any = None) -> dict[str, Any]:
    """Return ``picture``, ``columns`` and ``users`` (JSON for a script element) of the table of users, and ``since``.

    A report without people has no table, and one without an earlier one has nothing since.
    """
    users = report.get("users")
    numbers: dict[str, list[str]] | None = None if users is None else {}
    for user in users or ():
        if numbers is not None and user["internal_number"]:
            numbers.setdefault(user["entity"], []).append(user["internal_number"])
    columns = [name for name in OPTIONAL if any(user[name] for user in users or ())]
    return {
        "picture": picture(report["entities"], report["overlaps"], numbers),
        "columns": columns,
        "users": "" if users is None else in_script(_table(users, report["entities"], columns)),
        "since": since(report, previous) if previous else None,
    }


def in_script(data: Any) -> str:
    """Return JSON that nothing in it can end or change the script element that it is in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _table(
    users: Iterable[Mapping[str, Any]], entities: Iterable[Mapping[str, Any]], columns: Iterable[str]
) -> dict[str, Any]:
    """Return the users as rows without the names of columns, since there may be many.

    A row is the name, the number, the place of the entity in ``entities``, 1 for a number outside, and the columns.
    """
    labels = [(one["entity"], one["xivo"]) for one in entities]
    places = {label: place for place, (label, _xivo) in enumerate(labels)}
    rows = [
        [
            f"{user['last_name'] or ''} {user['first_name'] or ''}".strip(),
            user["internal_number"] or "",
            places[user["entity"]],
            int(user["outside"]),
            *(user[name] or "" for name in columns),
        ]
        for user in users
    ]
    return {"entities": labels, "rows": rows}


def since(report: Mapping[str, Any], previous: Any) -> dict[str, Any]:
    """Return what is different from an earlier report; raise ValueError for what is none.

    Such as ``{"counts": {"users": {"before": 3000, "after": 3001}}, "joined": [..], "left": [..], "changed": [..],
    "found": [..], "solved": [..]}``. Lists that one of the two reports does not have are left out.
    """
    if not isinstance(previous, Mapping) or not isinstance(previous.get("counts"), Mapping):
        raise ValueError("the earlier report is none: it must be a file that xci_report_json wrote")
    before, after = previous["counts"], report["counts"]
    counts = {
        name: {"before": before[name], "after": after[name]}
        for name in after
        if name in before and before[name] != after[name]
    }
    different: dict[str, Any] = {"counts": counts}
    if "users" in report and "users" in previous:
        old, new = ({user["id"]: user for user in one["users"]} for one in (previous, report))
        different["joined"] = [user for key, user in new.items() if key not in old]
        different["left"] = [user for key, user in old.items() if key not in new]
        different["changed"] = [
            {"user": user, "changes": changes}
            for key, user in new.items()
            if key in old and (changes := _changes(old[key], user))
        ]
    if "findings" in report and "findings" in previous:
        different["found"] = _only_in(report["findings"], previous["findings"])
        different["solved"] = _only_in(previous["findings"], report["findings"])
    return different


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    sides = {name: (before.get(name) or "", after.get(name) or "") for name in COMPARED}
    return {name: {"before": old, "after": new} for name, (old, new) in sides.items() if old != new}


def _only_in(findings: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    known = Counter((one["rule"], one["kind"], one["key"]) for one in others)
    found = []
    for one in findings:
        key = (one["rule"], one["kind"], one["key"])
        if known[key]:
            known[key] -= 1
        else:
            found.append(one)
    return found
