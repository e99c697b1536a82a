# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API's page leaves open: one switch for each question; the first value is the default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SWITCHES: dict[str, tuple[str, ...]] = {
    "write_body": ("none", "object", "id", "no_content"),
    "cookie_name": ("PLAY_SESSION",),
    "admin_entities": ("objects", "ids", "combined_ids"),
    "cti_password": ("hidden", "shown", "masked"),
    "extra_keys": ("no", "yes"),
    "put": ("replace", "merge"),
    "list_order": ("sorted", "shuffled"),
    "expired": ("401", "403", "redirect", "html"),
    "login_refused": ("401", "403", "no_cookie"),
    "errors": ("html", "json"),
    "duplicate_names": ("refused", "allowed"),
    "duplicate_numbers": ("refused", "allowed"),
    "missing_number": ("null", "empty", "absent"),
    "entity_users": ("own", "xivo"),
    "cti_logins": ("xivo", "entity", "xci", "free"),
    "overlapping_intervals": ("refused", "allowed"),
    "delete_dependents": ("refused", "cascade"),
    "delete_used_template": ("refused", "allowed", "cascade"),
    "template_scope": ("enforced", "free"),
    "template_without_scope": ("everybody", "nobody"),
    "edit_template": ("required", "optional"),
    "edit_password": ("required", "optional"),
    "interval_end": ("empty", "absent", "same"),
    "hosts": ("shown", "blank"),
    "voice_mail_mode": ("shown", "absent"),
    "configure": ("works", "fails"),
    "slashes": ("escaped", "plain"),
    "deleted_status": ("404", "400"),
    "lies": ("none", "refusals", "writes"),
    "list_lag": ("0",),
}
SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
FREE = {
    "cookie_name": (re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"), "can't be the name of a cookie"),
    "list_lag": (SECONDS, "is not a number of seconds"),
}
"""The switches that have more values than can be listed: what a value looks like, and what is wrong with any other."""


class Dialects:
    """The value of every switch. A change replaces the whole table: a request sees either the old or the new one."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = {name: choices[0] for name, choices in SWITCHES.items()}
        self.change(values or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def seconds(self, name: str) -> float:
        return float(self._values[name])

    def change(self, values: Mapping[str, Any]) -> None:
        self._values = {**self._values, **{name: _checked(name, value) for name, value in values.items()}}

    def as_dict(self) -> dict[str, str]:
        return dict(self._values)


def _checked(name: str, value: Any) -> str:
    if name not in SWITCHES:
        raise ValueError(f"there is no dialect '{name}'; there are {', '.join(SWITCHES)}")
    text = _plain(value)
    if name in FREE:
        pattern, wrong = FREE[name]
        if not pattern.fullmatch(text):
            raise ValueError(f"'{text}' {wrong}")
    elif text not in SWITCHES[name]:
        raise ValueError(f"dialect {name} is one of {', '.join(SWITCHES[name])}, not '{text}'")
    return text


def _plain(value: Any) -> str:
    """Return the text of a value; YAML reads yes and no as Booleans, and 401 as a number."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
