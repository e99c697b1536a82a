# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that are planned, applied and undone on a sandbox in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, XciError
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import configure
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.modules import defaults


class Client(DirectClient):
    """Counts what it asks for; logs in as others to try their passwords."""

    def __init__(self, sandbox: Sandbox, **settings: Any) -> None:
        self.asked: list[str] = []
        super().__init__(sandbox)
        self.settings = replace(self.settings, **settings)

    def accepts(self, login: str, password: str) -> bool:
        try:
            self._ask("POST", "/login", {"login": login, "password": password})
        except ApiError:
            return False
        return True

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        self.asked.append(f"{method} {path}")
        return super()._ask(method, path, body)

    @property
    def writes(self) -> list[str]:
        return [one for one in self.asked if not one.startswith("GET") and one != "POST /login"]


class Run:
    """One run of xci_config on a sandbox; *settings* are of the connection, such as ``login="bert"``."""

    def __init__(self, sandbox: Sandbox, check: bool = False, settings: Mapping[str, Any] | None = None) -> None:
        self.client = Client(sandbox, **(settings or {}))
        client: Any = self.client
        self.context = Context(client, State(client), check=check)

    def __call__(self, **options: Any) -> dict[str, Any]:
        try:
            return configure({**defaults("xci_config"), "numbers": "any", **options}, self.context)
        except XciError as error:
            return {"failed": True, **error.result()}


def apply(sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    """Apply a document, as somebody else would; it must succeed."""
    result = Run(sandbox)(**options)
    assert not result.get("failed"), result
    return result


def plan(sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    """Plan a document in check mode; it must succeed, and write nothing."""
    run = Run(sandbox, check=True)
    result = run(**options)
    assert not result.get("failed"), result
    assert run.client.writes == []
    return result


def killed(sandbox: Sandbox, after: int, **options: Any) -> Run:
    """Run a document one write after the other, until so many are done; then it is interrupted."""
    run = Run(sandbox)

    def end(_method: str, _path: str, _body: Any) -> None:
        if len(run.client.writes) == after:
            raise KeyboardInterrupt

    run.client.before = end
    with pytest.raises(KeyboardInterrupt):
        run(**{**options, "parallelism": 1})
    return run
