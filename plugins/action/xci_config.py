# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs xci_config in the controller's worker where that can be; reads its files on the controller in any case."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.validation import check_type_list, check_type_path

from ansible_collections.xivo.xci.plugins.module_utils.document import KINDS
from ansible_collections.xivo.xci.plugins.module_utils.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.task import Task, index_place
from ansible_collections.xivo.xci.plugins.plugin_utils.progress import Progress, sender
from ansible_collections.xivo.xci.plugins.plugin_utils.sources import Source, load
from ansible_collections.xivo.xci.plugins.plugin_utils.worker import ActionModule as Worker
from ansible_collections.xivo.xci.plugins.plugin_utils.worker import plain

ENTRY = re.compile(rf"\b({'|'.join(KINDS)})\[([0-9]+)\]")
"""An entry of a document in what a module says, such as ``users[5]``."""


class ActionModule(Worker):
    """xci_config, with what its option src names put into its lists."""

    _source = Source()
    _inline: Mapping[str, int] = {}

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        if not self._can_stay(task_vars or {}):
            # The ordinary module got one list, and counts in that.
            result.update(
                {name: self._placed(result[name]) for name in ("msg", "warnings", "errors") if name in result}
            )
        return result

    def _placed(self, told: Any) -> Any:
        """Return what the module says with the places that a person knows."""
        if isinstance(told, list):
            return [self._placed(one) for one in told]
        if isinstance(told, Mapping):
            return {name: self._placed(one) for name, one in told.items()}
        return ENTRY.sub(lambda found: self._place(found[1], int(found[2])), told) if isinstance(told, str) else told

    def _completed(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options.get("src"):
            return options
        self._source = Source()
        for src in map(check_type_path, check_type_list(plain(options["src"]))):
            self._read(src)
        inline = {kind: self._listed(options, kind) for kind in KINDS}
        self._inline = {kind: len(entries) for kind, entries in inline.items()}
        joined = {kind: inline[kind] + more for kind, more in self._source.document.items()}
        return {**options, **joined, "src": None}

    @staticmethod
    def _listed(options: Mapping[str, Any], kind: str) -> list[Any]:
        """Return a list of the task; an ordinary module has not checked yet that it is one."""
        try:
            return check_type_list(plain(options.get(kind) or []))
        except TypeError:
            raise InputError(f"{kind} is not a list") from None

    def _read(self, src: str) -> None:
        try:
            path = self._path(src)
            self._source.join(load(path, self._content, self._decrypted))
        except AnsibleError as error:
            raise InputError(f"src {src!r}: {error}") from None

    def _path(self, src: str) -> str:
        """Find a file beside the playbook or in the role, as copy does; or in the folder in which Ansible runs."""
        try:
            return self._find_needle("files", src)
        except AnsibleError:
            # A playbook of this collection is somewhere else than the files that it is to take.
            if os.path.exists(src):
                return os.path.abspath(src)
            raise

    def _content(self, path: str) -> bytes:
        return self._loader._get_file_contents(path)[0]

    def _decrypted(self, text: str) -> str:
        return self._loader._vault.decrypt(text).decode()

    def _place(self, kind: str, index: int) -> str:
        """Say where an entry stands: first come those of the task, then those of its files."""
        inline = self._inline.get(kind, 0)
        places = self._source.places.get(kind, [])
        return places[index - inline] if inline <= index < inline + len(places) else index_place(kind, index)

    @contextlib.contextmanager
    def _prepared(self, task: Task) -> Iterator[Task]:
        progress = Progress("xci_config", sender(self._display))
        task.place, task.progress = self._place, progress
        try:
            yield task
        finally:
            progress.end()
