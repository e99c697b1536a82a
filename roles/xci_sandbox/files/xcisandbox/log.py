# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of API requests, for tests. Secrets are masked when it is read."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

SECRETS = frozenset({"password", "ctiPassword"})
MASK = "********"
LONGEST = 200_000


@dataclass(frozen=True)
class Entry:
    n: int
    method: str
    path: str
    status: int | None
    """None if no answer was sent."""
    body: bytes
    seconds: float
    fault: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "body": _body(self.body),
            "seconds": round(self.seconds, 6),
            "fault": self.fault or None,
        }


def masked(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: MASK if key in SECRETS and value else masked(value) for key, value in data.items()}
    return [masked(item) for item in data] if isinstance(data, list) else data


def _body(raw: bytes) -> Any:
    try:
        return masked(json.loads(raw)) if raw else None
    except (ValueError, RecursionError):
        return None  # not shown unparsed: it may contain a password


class RequestLog:
    def __init__(self) -> None:
        # append and list are atomic, so requests need no lock.
        self._entries: deque[Entry] = deque(maxlen=LONGEST)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def as_list(self) -> list[dict[str, Any]]:
        return [entry.as_dict() for entry in sorted(self._entries.copy(), key=lambda entry: entry.n)]

    def clear(self) -> None:
        self._entries.clear()
