# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules on a sandbox in this process, each run with a fresh view of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import texts
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import START


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Xci:
    """A sandbox, and runs of modules on it; *writes* are those of the last run, *warnings* what it warned of.

    *account* is who logs in, if that is not the first administrator.
    """

    sandbox: Sandbox
    before: Callable[[str, str, Any], None] | None = None
    account: tuple[str, str] | None = None
    writes: list[tuple[str, str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    opened: ClassVar[list[Sandbox]] = []
    """The sandboxes that are to be stopped after a test."""

    @classmethod
    def made(cls, start: Any = None, **settings: Any) -> Xci:
        sandbox = server.made(START if start is None else start, **settings).start()
        cls.opened.append(sandbox)
        return cls(sandbox)

    @classmethod
    def stop_all(cls) -> None:
        while cls.opened:
            cls.opened.pop().stop()

    def run(self, module: str, check: Any = False, stop_at: Any = 0, **options: Any) -> dict[str, Any]:
        """Run a module; with *stop_at*, the process is killed before that write."""
        self.writes.clear()

        def before(method: str, path: str, body: Any) -> None:
            if stop_at and len(self.writes) + 1 == stop_at:
                raise Killed
            self.writes.append((method, path, body))
            if self.before:
                self.before(method, path, body)

        client: Any = DirectClient(self.sandbox, before, self.account)
        context = Context(client, State(client), check=check)
        result = MODULES[module].run({**defaults(module), **options}, context)
        self.warnings = texts(context.warnings)
        return result

    def users(self) -> list[dict[str, Any]]:
        return list(self.sandbox.state()["users"])

    def numbers(self) -> dict[int, tuple[str, str]]:
        """Return where everybody is, by id: the entity and the number."""
        return {one["id"]: (one["entity"], one["internalNumber"]) for one in self.users()}
