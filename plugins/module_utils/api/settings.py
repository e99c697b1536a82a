# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where XCI is and who logs in, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .arguments import SECRET
from .errors import InputError

API = "/api/1.0"
LONGEST_TIMEOUT = 24 * 60 * 60
READ_BACK_TIMEOUT = 5.0

CONNECTION: dict[str, dict[str, Any]] = {
    "xci_url": {"type": "str"},
    "xci_login": {"type": "str"},
    "xci_password": {**SECRET},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 60.0},
    "retries": {"type": "int", "default": 3},
    "read_back_timeout": {"type": "float", "default": READ_BACK_TIMEOUT},
}
"""The options that every module has, as part of an argument spec; both time-outs are in seconds."""


def variable_of(option: str) -> str:
    """Return the environment variable of a connection option, such as ``XCI_CA_PATH`` of ``ca_path``."""
    return f"XCI_{option.removeprefix('xci_').upper()}"


def from_environment(name: str) -> str:
    """Return an environment variable, as the fallback of an option; an empty one counts as not given."""
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


@dataclass(frozen=True)
class Settings:
    """Where XCI is and who logs in: what makes a session that session and no other.

    *timeout* is in seconds, and so is *read_back_timeout*: how long a write may take to show.
    """

    url: str
    login: str
    password: str = field(repr=False)
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 60.0
    retries: int = 3
    read_back_timeout: float = READ_BACK_TIMEOUT

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Settings:
        """Take the connection options of a module; raise InputError for what is missing or invalid."""
        missing = [name for name in ("xci_url", "xci_login", "xci_password") if not options.get(name)]
        if missing:
            raise InputError(
                *(
                    f"missing required option: {name} (or the environment variable {variable_of(name)})"
                    for name in missing
                )
            )
        if not 0 < options["timeout"] <= LONGEST_TIMEOUT or options["retries"] < 0:
            raise InputError(f"timeout must be over 0 and at most {LONGEST_TIMEOUT} seconds, and retries 0 or more")
        read_back = options.get("read_back_timeout", READ_BACK_TIMEOUT)
        if not 0 <= read_back <= LONGEST_TIMEOUT:
            raise InputError(f"read_back_timeout must be 0 to {LONGEST_TIMEOUT} seconds")
        return cls(
            url=base_url(options["xci_url"]),
            login=options["xci_login"],
            password=options["xci_password"],
            validate_certs=options["validate_certs"],
            ca_path=_existing(options.get("ca_path")),
            timeout=float(options["timeout"]),
            retries=options["retries"],
            read_back_timeout=float(read_back),
        )

    def warnings(self) -> list[str]:
        """Return what makes this connection unsafe."""
        parts = urlsplit(self.url)
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            return [f"xci_url {self.url} is plain http: the password of {self.login} is sent unencrypted"]
        if parts.scheme == "https" and not self.validate_certs:
            return [f"validate_certs is false: any server that answers at {self.url} gets the password of {self.login}"]
        return []


@lru_cache(maxsize=64)
def base_url(text: str, option: str = "xci_url") -> str:
    """Return the address of the API for what a person writes as XCI's, such as ``https://xci.example.org/api/1.0``."""
    # Before anything else that could repeat them; no address of an XCI needs this sign.
    if "@" in text:
        start = option[: -len("url")]
        raise InputError(f"{option} contains credentials; use {start}login and {start}password, which are kept secret")
    try:
        parts = urlsplit(text.strip())
        hostname, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{option} {text!r} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not hostname or re.search(r"\s", text.strip()):
        raise InputError(
            f"{option} {text!r} is not a URL such as http://xci.example.org:9001 or https://example.org/xci"
        )
    if parts.query or parts.fragment:
        raise InputError(f"{option} {text!r} must end with its path, without ? and #")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith(API) else path + API}"


def _existing(path: str | None) -> str | None:
    if path and not os.path.exists(os.path.expanduser(path)):
        raise InputError(f"ca_path {path!r} does not exist; it is a file or folder of CA certificates in PEM form")
    return os.path.expanduser(path) if path else None


@lru_cache(maxsize=64)
def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
