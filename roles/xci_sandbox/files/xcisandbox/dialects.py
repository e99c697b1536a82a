# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API's page leaves open: one switch for each question; the first value is the default."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xcisandbox.documents import parsed

SWITCHES: dict[str, tuple[str, ...]] = {
    # Logging in, and sessions.
    "cookie_name": ("PLAY_SESSION",),
    "cookies": ("one", "several"),
    "login_refused": ("401", "403", "no_cookie", "useless_cookie"),
    "expired": ("401", "403", "redirect", "html", "440"),
    "session_cookie": ("lasting", "renewed"),
    "sessions": ("many", "one"),
    # How an answer is written.
    "list_shape": ("documented", "items", "bare"),
    "list_part": ("whole", "counted", "total", "next", "link", "silent"),
    "list_order": ("sorted", "shuffled"),
    "list_lag": ("0",),
    "whole_numbers": ("numbers", "text", "floats"),
    "flags": ("booleans", "text", "numbers"),
    "content_type": ("json", "html", "plain", "none"),
    "charset": ("utf-8", "utf-8-bom", "latin-1"),
    "slashes": ("escaped", "plain"),
    "errors": ("html", "json"),
    "deleted_status": ("404", "400", "410", "500"),
    # What an object shows.
    "extra_keys": ("no", "yes", "lost"),
    "combined_id": ("name_at_uuid", "opaque"),
    "entity_path": ("any", "encoded", "raw"),
    "entity_users": ("own", "xivo"),
    "entity_xivo": ("object", "id"),
    "user_entity": ("object", "combined_id", "null", "absent"),
    "listed_user": ("documented", "as_alone", "short"),
    "template_references": ("documented", "objects"),
    "admin_entities": ("objects", "ids", "combined_ids", "null"),
    "cti_password": ("hidden", "shown", "masked"),
    "missing_number": ("null", "empty", "absent"),
    "interval_end": ("empty", "absent", "same", "null"),
    "voice_mail_mode": ("shown", "absent"),
    "hosts": ("shown", "blank"),
    "remaining_slots": ("users", "fixed"),
    "provisioning": ("at_once", "late", "never", "renewed"),
    "available_numbers": ("whole", "capped", "unsorted", "integers", "used_elsewhere"),
    "limited_admins": ("shorter", "forbidden", "empty"),
    # What is refused.
    "duplicate_names": ("refused", "allowed"),
    "duplicate_numbers": ("refused", "allowed"),
    "numbers_outside": ("allowed", "refused"),
    "cti_logins": ("xivo", "entity", "xci", "free"),
    "overlapping_intervals": ("refused", "allowed"),
    "template_scope": ("enforced", "free"),
    "template_without_scope": ("everybody", "nobody"),
    "edit_template": ("required", "optional"),
    "edit_password": ("required", "optional"),
    # What a write does, and what is kept of it.
    "write_body": ("none", "object", "id", "no_content", "location", "text"),
    "put": ("replace", "merge"),
    "edit_cti_password": ("cleared", "kept"),
    "edit_template_effect": ("none", "reapplied"),
    "delete_dependents": ("refused", "cascade"),
    "delete_used_template": ("refused", "allowed", "cascade"),
    "references": ("follow", "dangle"),
    "store_case": ("kept", "upper_names", "lower_logins"),
    "store_blanks": ("kept", "trimmed"),
    "store_form": ("kept", "composed", "decomposed"),
    "store_length": ("kept", "cut", "refused"),
    "store_ringing_time": ("kept", "rounded"),
    "store_intervals": ("kept", "merged"),
    "configure": ("works", "fails"),
    "lies": ("none", "refusals", "writes"),
    # How much it takes, and how long that lasts.
    "writes_at_once": ("many", "one"),
    "rate_limit": ("none", "retry_after", "silent"),
    "body_limit": ("none", "8k"),
    "keep_alive": ("yes", "no"),
    "users_seconds": ("0",),
    "synchronize_seconds": ("0",),
}
SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
FREE = {
    "cookie_name": (re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"), "can't be the name of a cookie"),
    **dict.fromkeys(("list_lag", "users_seconds", "synchronize_seconds"), (SECONDS, "is not a number of seconds")),
}
"""The switches that have more values than can be listed: what a value looks like, and what is wrong with any other."""


def read(given: Any) -> dict[str, Any]:
    """Return dialects that are a mapping, or the name of a file with one: at its top, or under ``dialects``.

    So the file that a doctor wrote can be given as it is.
    """
    if isinstance(given, str):
        given = _contents(Path(given).expanduser()) if given.strip() else {}
    if not isinstance(given, Mapping):
        raise ValueError("dialects are a mapping, or the name of a file with one")
    return dict(given)


def _contents(file: Path) -> Any:
    data = parsed(file)
    if isinstance(data, Mapping) and "verdict" in data and "dialects" not in data:
        raise ValueError(f"{file} holds no dialects: the doctor could not examine XCI")
    found = data["dialects"] if isinstance(data, Mapping) and "dialects" in data else data
    if not isinstance(found, Mapping):
        raise ValueError(f"{file} holds no dialects: a mapping of them is needed, at its top or under dialects")
    return found


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
        close = difflib.get_close_matches(str(name), SWITCHES, 3)
        which = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(SWITCHES)}"
        raise ValueError(f"there is no dialect '{name}'; {which}")
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
