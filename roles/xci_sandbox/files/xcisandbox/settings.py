# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ADMINISTRATOR = "admin"
"""The login of the first administrator, where none is given."""


@dataclass(frozen=True)
class Settings:
    host: str = "127.0.0.1"
    port: int = 9001
    database: str = ":memory:"
    latency: float = 0.0
    """Milliseconds added to every API request."""
    prefix: str = ""
    login: str = ""
    """Of the first administrator. Empty: the one of ADMINISTRATOR, or the first super-administrator of the snapshot."""
    preferred_login: str = ""
    """The super-administrator of the snapshot to log in as instead of its first, if it has him."""
    password: str = field(default="superpass", repr=False)
    dialects: dict[str, Any] = field(default_factory=dict)
    snapshot: str = ""
    """An export, a file or a folder, whose data the server starts with."""
    session_seconds: float = 3600.0
    certificate: str = ""
    key: str = ""
    available_limit: int = 0
    """The maximum number of available numbers to list; 0 is all of them."""
    owner: int = 0
    """The process with which the sandbox ends; 0 is none."""

    def __post_init__(self) -> None:
        if self.prefix and not self.prefix.startswith("/"):
            raise ValueError(f"the prefix '{self.prefix}' does not start with a slash")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"{self.port} is not a port")
        if min(self.latency, self.available_limit, self.owner) < 0 or self.session_seconds <= 0:
            raise ValueError("latency, available limit and owner are 0 or more, session seconds more than 0")
        if not self.password:
            raise ValueError("the first administrator needs a password")

    @property
    def base(self) -> str:
        return f"{self.prefix.rstrip('/')}/api/1.0"

    def origin(self, port: int) -> str:
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{port}"
