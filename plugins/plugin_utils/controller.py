# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugins that run in the controller have in common: their options, their session, whose turn a number is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import CONNECTION, Task
from ansible_collections.xivo.xci.plugins.module_utils.state.state import Directory
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import RunJournal, RunStore, locked, path_of
from ansible_collections.xivo.xci.plugins.plugin_utils.worker import WAY, plain


def settings_of(option: Callable[[str], Any]) -> Settings:
    """Return the connection that the options of a plugin describe; *option* returns the value of one."""
    return Settings.from_options({name: plain(option(name)) for name in CONNECTION})


def start(settings: Settings, check: bool = False) -> Task:
    """Return a task that shares its session, and in check mode what was foretold, with all workers of this run."""
    way = tuple(os.environ.get(name) for name in WAY)
    client = Client(settings, RunStore.beside(settings, way))
    return Task(client, Directory(client), check, journal=RunJournal.beside(settings), warnings=settings.warnings())


class Handouts:
    """The numbers of one entity that were handed out in this run, and to whom: nobody else gets them."""

    def __init__(self, settings: Settings, entity: str) -> None:
        self._path = path_of("numbers", settings.url, entity)

    def take(self, asker: str, free: Sequence[str], count: int) -> list[str]:
        """Return *count* of the *free* numbers; or as many as there are, and then nobody has taken them.

        Who asks again gets the same ones as long as they are free, so that a number is the same wherever a task names
        it, and another one once a user has it.
        """
        with locked(self._path) as handle, os.fdopen(os.dup(handle), "r+", encoding="utf-8") as file:
            given: dict[str, list[str]] = json.loads(file.read() or "{}")
            mine = _choose(given, asker, free, count)
            if len(mine) >= count:
                file.seek(0)
                file.write(json.dumps({**given, asker: mine}))
                file.truncate()
        return mine[:count]


def _choose(given: dict[str, list[str]], asker: str, free: Sequence[str], count: int) -> list[str]:
    available = set(free)
    mine = [number for number in given.get(asker, []) if number in available]
    taken = {number for numbers in given.values() for number in numbers}
    fresh = [number for number in free if number not in taken]
    return mine + fresh[: max(0, count - len(mine))]
