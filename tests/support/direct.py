# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox in this process that is called without HTTP, so that thousands of runs take seconds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from xcisandbox import Sandbox
from xcisandbox.messages import Request

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings


class DirectClient:
    """Stands for the collection's client; *before* is called before each write, and may refuse it."""

    def __init__(
        self,
        sandbox: Sandbox,
        before: Callable[[str, str, Any], None] | None = None,
        account: tuple[str, str] | None = None,
    ) -> None:
        own = sandbox.settings
        login, password = account or (own.login, own.password)
        self.settings = Settings(f"http://127.0.0.1{own.base}", login, password, timeout=5.0, retries=0)
        self.cancellation = Cancellation()
        self.before = before
        self._sandbox = sandbox
        self._cookie = ""
        answer = self._send("POST", "/login", {"login": login, "password": password})
        self._cookie = dict(answer.headers)["Set-Cookie"].partition(";")[0]

    def read(self, path: str) -> Any:
        return self._ask("GET", path)

    def write(self, method: str, path: str, body: Any = None, secrets: Iterable[str] = ()) -> Any:
        if self.before:
            self.before(method, path, body)
        return self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._send(method, path, body)
        if answer.status >= 400:
            raise ApiError(f"{method} {path}: {answer.status} {answer.body.decode()}", answer.status)
        return json.loads(answer.body) if answer.body else None

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"content-type": "application/json", "cookie": self._cookie}
        data = b"" if body is None else json.dumps(body).encode()
        return self._sandbox._respond(Request(method, self._sandbox.settings.base + path, headers, data))
