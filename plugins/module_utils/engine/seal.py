# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs plans, so that an approved one is recognised, with a key that only who knows the XCI password has.

The key is derived slowly, so that what is printed or kept in files is no test of guesses at the password, or at a
secret of the plan.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..api.settings import Settings
from ..api.version import VERSION

PREFIX = "plan-"
"""How the id of a plan begins: text that YAML does not take for a number."""
LENGTH = 40
_TEXT = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=16)
def _key(password: str, url: str, login: str) -> bytes:
    salt = json.dumps(["xivo.xci", url, login]).encode()
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=2**14, r=8, p=1, dklen=32)


class Seal:
    """The key of one login to one XCI, with its password of now."""

    def __init__(self, settings: Settings) -> None:
        self._key = _key(settings.password, settings.url, settings.login)

    def sign(self, value: Any) -> str:
        """Return the HMAC of plain data."""
        return hmac.digest(self._key, _TEXT(value).encode(), "sha256").hex()

    def check_value(self) -> str:
        """Return what shows whether another run has the same key."""
        return self.sign("check value")[:LENGTH]

    def plan_id(self, signatures: Iterable[str], version: str = VERSION) -> str:
        """Return the id of a plan with operations of these signatures, in any order."""
        return PREFIX + self.sign([version, *sorted(signatures)])[:LENGTH]
