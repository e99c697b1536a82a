# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox in its starting state, who logs in to it, and what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from xcisandbox import Sandbox
from xcisandbox.dialects import SWITCHES

from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD

MISLEADING = {
    "lies", "entity_users", "list_part", "list_lag", "listed_user", "available_numbers", "references", "sessions",
    "writes_at_once", "rate_limit", "body_limit", "numbers_outside", "store_case", "store_blanks", "store_form",
    "store_length", "store_ringing_time", "store_intervals",
}  # fmt: skip
"""The dialects in which XCI shows or keeps what is not so, or takes less; a test that is about that names them."""
UNREADABLE = {
    ("charset", "latin-1"), ("deleted_status", "500"), ("combined_id", "opaque"), ("entity_path", "raw"),
    ("user_entity", "null"), ("user_entity", "absent"), ("admin_entities", "null"), ("extra_keys", "lost"),
}  # fmt: skip
"""What of the others no client can read, or what leads to requests that the API's page does not have."""


def alike() -> dict[str, tuple[str, ...]]:
    """Return the dialects and their values in which XCI says and does the same."""
    return {
        name: tuple(value for value in values if (name, value) not in UNREADABLE)
        for name, values in SWITCHES.items()
        if name not in MISLEADING
    }


def made(start: Any = None, dialects: Mapping[str, Any] | None = None, **settings: Any) -> Sandbox:
    """Return a sandbox on a free port with the document *start*; it does not listen yet."""
    # Most tests count requests: an answer that shows the object is the simplest.
    settings["dialects"] = {"write_body": "object", **(dialects or {})}
    sandbox = Sandbox(**{"port": 0, "login": ADMIN, "password": PASSWORD, **settings})
    if start is not None:
        sandbox.load(start)
    return sandbox


@contextmanager
def running(start: Any = None, **settings: Any) -> Iterator[Sandbox]:
    """Run such a sandbox for the time of a with statement."""
    with made(start, **settings) as sandbox:
        yield sandbox


def connection(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    """Return the options that lead to a sandbox: its own address, as it stands, and its first administrator."""
    address = sandbox.origin + sandbox.settings.prefix
    login = {"xci_login": sandbox.settings.login, "xci_password": sandbox.settings.password}
    return {"xci_url": address, **login, **more}


def variables(connection: Mapping[str, Any]) -> dict[str, str]:
    """Return the same options as a person sets them in the environment: ``{"XCI_URL": "http://127.0.0.1:1", ..}``."""
    return {name.upper(): str(value) for name, value in connection.items() if name.startswith("xci_")}


def asked(sandbox: Sandbox) -> list[str]:
    """Return the requests that reached a sandbox, such as ``GET /xivo``."""
    return [f"{one['method']} {one['path']}" for one in sandbox.requests()]


def logins(sandbox: Sandbox) -> int:
    return asked(sandbox).count("POST /login")
