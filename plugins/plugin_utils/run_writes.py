# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the workers of one run wrote, for lists of XCI that show it some seconds later."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.state.recent import Recent, Written
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import Lines, path_of


class RunRecent(Recent):
    """What the workers of a run wrote: a file that only grows, a line for each write."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._file = Lines(path_of("written", settings.url))
        self._opening = threading.Lock()

    def add(self, write: Written) -> None:
        super().add(write)
        values = {one.name: getattr(write, one.name) for one in fields(write) if one.compare}
        with self._opening, contextlib.suppress(OSError), self._file.opened() as lines:
            self._take(lines)
            self._file.add(values)

    def of(self, kind: str, seconds: float) -> list[Written]:
        with self._opening, contextlib.suppress(OSError), self._file.opened() as lines:
            self._take(lines)
        return super().of(kind, seconds)

    def _take(self, lines: Iterable[dict[str, Any]]) -> None:
        for values in lines:
            super().add(Written(**values))
