# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs each of the collection's modules in the controller's worker where that is possible.

meta/runtime.yml routes the other modules here. Only xci_config has src: its files are read on the controller in any
case.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.validation import check_type_list, check_type_path

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem, texts
from ansible_collections.xivo.xci.plugins.module_utils.engine.planner import KINDS
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import index_place, parse
from ansible_collections.xivo.xci.plugins.module_utils.model.reserved import OPTION as NUMBERING
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.bounds import bounded
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import InvalidDocument, invalid_document
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import LOCATED, Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.secrecy import SECRETS
from ansible_collections.xivo.xci.plugins.plugin_utils.in_process import InProcess
from ansible_collections.xivo.xci.plugins.plugin_utils.mappings import QUOTED, read_mapping
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.progress import Progress, sender
from ansible_collections.xivo.xci.plugins.plugin_utils.sources import Source, load

COLLECTION = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))

MAPPINGS = {"xci_people": ("map", NUMBERING)}
"""The options of modules that may be the path of a file with a mapping; of the others, that is one."""


def _is_ours(path: str) -> bool:
    """Return whether a path is in a role or beside a playbook of this collection, which hold no documents of users."""
    folders = [os.path.join(COLLECTION, name, "") for name in ("roles", "playbooks")]
    return os.path.join(os.path.realpath(path), "").startswith(tuple(folders))


def _without_unknown_names(resource: Resource, entry: Mapping[Any, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return an entry that Ansible accepts, and that is invalid all the same: it has text as its id."""
    known = {name: value for name, value in entry.items() if name in resource.option_names}
    return {**known, "id": ", ".join(f"{one.option}: {one.msg}" for one in problems if one.option not in known)}


@contextlib.contextmanager
def _no_document(option: str) -> Iterator[None]:
    """Let what is wrong with a file that is no document be that of an option, in words that speak of no document."""
    try:
        yield
    except InputError as error:
        raise InputError(*(Problem(str(one), option) for one in error.problems)) from None


class ActionModule(InProcess):
    """A module of the collection, with what its option src names put into its lists.

    *_unsupported* is what is wrong with entries of which an ordinary module gets only the options that exist, by their
    kinds and indexes.
    """

    _source = Source()
    _inline: Mapping[str, int] = {}
    _unsupported: Mapping[tuple[str, int], list[Problem]] = {}

    def _completed(self, options: dict[str, Any]) -> dict[str, Any]:
        options = self._with_mappings(options)
        if self.module_name == "xci_compare":
            return self._with_export(options)
        if self.module_name != "xci_config":
            return options
        files = [src.strip() for src in check_type_list(plain(options.get("src") or [])) if str(src).strip()]
        if files:
            options = self._with_files(options, files)
        for resource in RESOURCES.values():
            self._unquoted.add_entries(resource, options.get(resource.plural), partial(self._place, resource.plural))
        return options

    def _with_mappings(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options with the mappings that are in files of their own."""
        for name in MAPPINGS.get(self.module_name, (NUMBERING,)):
            given = plain(options.get(name))
            if isinstance(given, str) and given.strip():
                with _no_document(name):
                    path = self._path(os.path.expanduser(given.strip()))
                    options = {**options, name: read_mapping(path, self._content, self._decrypted)}
            elif name == NUMBERING and given:
                self._unquoted.check(QUOTED, {NUMBERING: given})
        return options

    def _with_export(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options with what the files of an export say, which a comparison needs without its secrets."""
        files = [src.strip() for src in check_type_list(plain(options.get("src") or [])) if str(src).strip()]
        if not files:
            return options
        with _no_document("src"):
            export = self._loaded(files).document
        document = {
            plural: [
                {name: value for name, value in entry.items() if name not in SECRETS}
                for entry in entries
                if isinstance(entry, Mapping)
            ]
            for plural, entries in export.items()
        }
        return {**options, "document": document, "src": None}

    def _with_known_names(self, options: dict[str, Any]) -> dict[str, Any]:
        unsupported: dict[tuple[str, int], list[Problem]] = {}
        lists: dict[str, list[Any]] = {}
        for resource in RESOURCES.values() if self.module_name == "xci_config" else ():
            entries = [*self._listed(options, resource.plural)]
            for index, entry in enumerate(entries):
                if isinstance(entry, Mapping) and not entry.keys() <= resource.option_names:
                    found = [one.at(kind=resource.kind, index=index) for one in parse(resource, entry).problems]
                    unsupported[(resource.kind, index)] = found
                    entries[index] = _without_unknown_names(resource, entry, found)
                    lists[resource.plural] = entries
        self._unsupported = unsupported
        return {**options, **lists}

    def _with_files(self, options: dict[str, Any], files: list[str]) -> dict[str, Any]:
        self._source = self._loaded(files)
        purge = check_type_list(plain(options.get("purge") or []))
        self._source.check_purge(purge)
        for kind in purge:
            # Of the task as it was written: what is omitted is none afterwards, too.
            if kind in self._task.args and self._task.args[kind] is None:
                raise InputError(
                    f"purge includes {kind}, but the list {kind} of the task is null; nothing was changed. Omit it, or "
                    f"write an empty list ([]) to delete all {kind}"
                )
        inline = {kind: self._listed(options, kind) for kind in KINDS}
        self._inline = {kind: len(entries) for kind, entries in inline.items()}
        joined = {kind: inline[kind] + more for kind, more in self._source.document.items()}
        return {**options, **joined, "src": None}

    def _loaded(self, files: list[str]) -> Source:
        """Return what all files say; raise InvalidDocument with all that is wrong with them."""
        source = Source()
        problems: list[Problem] = []
        for src in map(check_type_path, files):
            try:
                source.join(load(self._path(src), self._content, self._decrypted))
            except InvalidDocument as error:
                problems += error.problems
        if problems:
            raise InvalidDocument(*problems)
        return source

    @staticmethod
    def _listed(options: Mapping[str, Any], kind: str) -> list[Any]:
        """Return a list of the task; an ordinary module has not checked yet that it is one."""
        try:
            return check_type_list(plain(options.get(kind) or []))
        except TypeError:
            raise InputError(Problem("expected a list", kind)) from None

    def _path(self, src: str) -> str:
        """Find a file beside the playbook or in the role, as copy does; or in the folder in which Ansible runs."""
        folders = [path for path in self._task.get_search_path() if not _is_ours(path)]
        try:
            found: str = self._loader.path_dwim_relative_stack(folders, "files", src)
            if os.path.isabs(src) or not _is_ours(found):
                return found
        except AnsibleError:
            pass
        if os.path.exists(src):
            return os.path.abspath(src)
        raise InvalidDocument(Problem(f"not found; searched in {', '.join([*folders, os.getcwd()])}", place=src))

    def _content(self, path: str) -> bytes:
        try:
            return self._loader._get_file_contents(path)[0]
        except AnsibleError as error:
            raise InputError(f"can't be read: {error}") from None

    def _decrypted(self, text: str) -> str:
        try:
            return self._loader._vault.decrypt(text).decode()
        except AnsibleError as error:
            raise InputError(f"can't be decrypted: {error}") from None

    def _place(self, kind: str, index: int) -> str:
        """Return where an entry is written: first come those of the task, then those of its files."""
        inline = self._inline.get(kind, 0)
        places = self._source.places.get(kind, [])
        return places[index - inline] if inline <= index < inline + len(places) else index_place(kind, index)

    def _located(self, result: dict[str, Any]) -> dict[str, Any]:
        located = result.pop(LOCATED, {})
        problems = list(map(self._locate, self._with_unsupported(Problem(**one) for one in located.get("errors", ()))))
        warnings = [Problem(**warning) for warning in located.get("warnings", ())]
        if problems:
            result["errors"] = [problem.as_dict() for problem in problems]
        if any(not problem.action for problem in problems):
            # What is wrong with the document, and not the failure of a write.
            result["msg"] = invalid_document(problems)
        if warnings:
            result["warnings"] = [*result.get("warnings", ()), *texts(map(self._locate, warnings))]
        return bounded(result) if result.get("failed") else result

    def _with_unsupported(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield what the ordinary module found, and what is wrong with entries whose unknown options it did not see."""
        last = None
        for problem in problems:
            place = (problem.kind, problem.index if problem.index is not None else -1)
            if place not in self._unsupported:
                yield problem
            elif place != last:
                yield from (one.at(key=problem.key) for one in self._unsupported[place])
            last = place

    def _locate(self, problem: Problem) -> Problem:
        return problem.located(partial(self._place, RESOURCES[problem.kind].plural)) if problem.kind else problem

    @contextlib.contextmanager
    def _prepared(self, context: Context) -> Iterator[Context]:
        progress = Progress(self.module_name, sender(self._display))
        context.place, context.progress, context.say = self._place, progress, progress.say
        try:
            yield context
        finally:
            progress.end()
