# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module: the server it works on, how it runs, and what it has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Protocol

from ..api.client import Client
from ..api.settings import Settings
from ..state.planned import Foresight, Foretold
from ..state.state import Directory

CONNECTION: dict[str, dict[str, Any]] = {
    "xci_url": {"type": "str"},
    "xci_login": {"type": "str"},
    "xci_password": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 60.0},
    "retries": {"type": "int", "default": 3},
}
VARIABLES = {
    "xci_url": "XCI_URL",
    "xci_login": "XCI_LOGIN",
    "xci_password": "XCI_PASSWORD",
    "validate_certs": "XCI_VALIDATE_CERTS",
    "ca_path": "XCI_CA_PATH",
    "timeout": "XCI_TIMEOUT",
    "retries": "XCI_RETRIES",
}


Place = Callable[[str, int], str]
"""Says where an entry of a document stands, of its kind's plural and its index."""


def index_place(plural: str, index: int) -> str:
    """Return where an entry stands in a document, such as ``users[5]``."""
    return f"{plural}[{index}]"


class Journal(Protocol):
    """What the tasks of a run foretold so far."""

    def read(self) -> Iterable[Foretold]:
        """Return the planned writes that this object has neither returned nor added yet, in their order."""

    def add(self, change: Foretold) -> None:
        """Keep one more."""

    def clear(self) -> None:
        """Forget all."""


@dataclass
class Task:
    """One run of a module: the server it works on, how it runs, and what it has to say.

    *directory* outlives the task where the worker keeps it for the next item of a loop. *journal* keeps what is planned
    in check mode for the tasks that follow; it is None where they could not see it. *place* names the entries of a
    document, and *progress* is told how many of its writes are done, of how many.
    """

    client: Client
    directory: Directory
    check: bool = False
    diff: bool = False
    journal: Journal | None = None
    warnings: list[str] = field(default_factory=list)
    place: Place = index_place
    progress: Callable[[int, int], None] | None = None
    _view: Foresight | None = None

    @classmethod
    def start(
        cls, options: Mapping[str, Any], check: bool = False, diff: bool = False, warnings: list[str] | None = None
    ) -> Task:
        """Return a task on its own, as an ordinary module runs it; *warnings* collects what it has to say."""
        settings = Settings.from_options(options)
        client = Client(settings)
        task = cls(client, Directory(client), check, diff, warnings=[] if warnings is None else warnings)
        task.warnings += settings.warnings()
        return task

    def foresight(self) -> Foresight:
        """Return the directory to plan on in check mode: with all that was foretold."""
        if self._view is None:
            self._view = Foresight(self.directory, assume=self.journal is None)
        for change in self.journal.read() if self.journal else ():
            self._view.foretell(change)
        return self._view

    def forget_foretold(self) -> None:
        """Let nothing be foretold any more, since something was written for real."""
        self._view = None
        if self.journal:
            self.journal.clear()

    def tell_assumed(self, view: Directory) -> None:
        """Warn of what was taken for granted in check mode because earlier tasks can't be seen."""
        self.warnings += [
            f"{kind} {text!r} is not on XCI; in check mode it is taken for one that an earlier task would create"
            for kind, text in view.assumed
        ]
