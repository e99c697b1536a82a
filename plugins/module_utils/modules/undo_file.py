# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo files: what a run is about to change, and what of it was done, so that the playbook undo can bring it back.

A file is YAML, with one JSON object a line. It is begun before the first write, and each write adds a line, so that it
says what was done wherever the run ends.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timezone
from typing import Any

from ..api.errors import AmbiguousResult, InputError, Problem, XciError
from ..api.version import VERSION
from ..engine.changes import BEGUN, DONE, FAILED, Change, changes_of, in_between, with_values
from ..engine.order import Step
from ..engine.plan import Plan
from ..engine.verify import is_open
from ..model.change import CREATE, DELETE, Operation
from ..model.fields import Values
from ..state.state import State

PLANNED = "planned"
"""How a further document of the run is written down, between what was done."""
NOT_SEEN = "not_seen"
"""How it is written down that XCI has shown all that was done so far, but for some."""
KEPT = 20
"""How many undo files a folder keeps."""
NAME = re.compile(r"\d{8}T\d{12}Z\.yml")
HEAD = ("plan_id", "login", "address", "time")
"""What a file says of its run, beside the version of the collection."""
COMMENT = "# To bring this back: ansible-playbook xivo.xci.undo -e xci_undo_file=THIS_FILE"


def clear(folder: str) -> None:
    """Keep the last files of a folder, by when something was added: a long run may go on with an early one."""
    paths = [path for path in glob.glob(f"{glob.escape(folder)}/*.yml") if NAME.fullmatch(os.path.basename(path))]
    with contextlib.suppress(OSError):
        for path in sorted(paths, key=lambda path: (os.stat(path).st_mtime_ns, path))[:-KEPT]:
            os.unlink(path)


class UndoFile:
    """The undo file of one run, or of one that has none. Threads may use it side by side.

    Of a folder, it is a new file in it, of which the newest sorts last.
    """

    def __init__(self, given: str | None) -> None:
        self.path = os.path.abspath(given) if given else ""
        self._in_folder = bool(given) and (str(given).endswith(os.sep) or os.path.isdir(str(given)))
        self._changes: list[Change] = []
        self._numbers: dict[int, int] = {}
        """Which change an operation is, by its ``id()``."""
        self._left: dict[int, tuple[Values, int]] = {}
        """How the objects are left, and the ids of new ones, as noted so far."""
        self._lock = threading.Lock()
        self._handle = -1
        self._torn = False
        self._begun = False

    def add(self, result: Mapping[str, Any], plan: Plan, view: State, base: State) -> None:
        """Begin the file with a plan that is about to be carried out, or add that of a further document of the run.

        A plan of nothing needs none.
        """
        if not self.path or not plan.operations:
            return
        changes, known = changes_of(plan, view, base), len(self._changes)
        self._numbers.update({id(operation): known + number for number, operation in enumerate(plan.operations)})
        self._changes += changes
        try:
            if self._handle < 0:
                head = {**{name: result[name] for name in HEAD}, "version": VERSION}
                self._open()
                self._write("\n".join(_lines(head, changes)))
            else:
                self._write("\n".join(_line({PLANNED: _known(change, entry=change.entry)}) for change in changes))
        except OSError as error:
            why = f"{self.path} can't be written: {error.strerror}"
            raise InputError(
                Problem(f"{why}; choose another place, or omit it (xci_undo_dest: none)", "undo_file")
            ) from None

    def _open(self) -> None:
        folder = self.path if self._in_folder else os.path.dirname(self.path)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        while self._handle < 0:
            if self._in_folder:
                self.path = os.path.join(folder, f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}Z.yml")
            else:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.path)
            # Another run may make one at the same moment.
            with contextlib.suppress(FileExistsError):
                self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        if self._in_folder:
            clear(folder)

    def __enter__(self) -> UndoFile:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._handle < 0:
            return
        with contextlib.suppress(OSError):
            os.close(self._handle)
            if not self._begun:
                os.unlink(self.path)

    def as_result(self) -> dict[str, str]:
        """Return what a result says of it."""
        return {"undo_file": self.path} if self._begun else {}

    def begin(self, step: Step) -> None:
        """Note that a write is about to be sent; raise XciError where that is not possible."""
        self._mark(BEGUN, step)
        self._begun = self._handle >= 0

    def end(self, step: Step, outcome: Operation | XciError | None) -> None:
        """Note what became of a write; where that is not known, or something is left to do, it stays begun."""
        if isinstance(outcome, AmbiguousResult) or (isinstance(outcome, XciError) and outcome.written):
            return
        # It is done all the same: a file that can't be written then says that it was begun.
        with contextlib.suppress(XciError):
            if isinstance(outcome, Operation):
                self._mark(DONE, step, outcome)
            else:
                self._mark(FAILED, step)

    def left(self, key: int, final: Operation) -> None:
        """Note how an object is left, if that is not as noted."""
        number, values = self._numbers.get(key, -1), _values(final)
        is_known = (values, _id(final)) == self._left.get(number)
        if self._handle >= 0 and not is_known:
            with contextlib.suppress(XciError):
                self._note(number, values, final)

    def read_back(self, others: Iterable[int]) -> None:
        """Note that XCI has shown how all objects are left but for some."""
        if self._begun:
            with contextlib.suppress(XciError):
                self._add({NOT_SEEN: [self._numbers[key] for key in others]})

    def _note(self, number: int, values: Values, done: Operation) -> None:
        self._left[number] = values, _id(done)
        created = {"id": _id(done)} if _id(done) else {}
        is_planned = values in ({}, self._changes[number].values)
        self._add({DONE: number, **created, **({} if is_planned else {"values": values})})

    def _mark(self, status: str, step: Step, done: Operation | None = None) -> None:
        if self._handle < 0:
            return
        main = step
        while main.main:
            main = main.main
        number = self._numbers[id(main.operation)]
        values = {} if status == FAILED else _values(done or step.operation)
        if done and not step.main:
            self._note(number, values, done)
        else:
            self._add({status: number, **({"values": values} if step.main and values else {})})

    def _add(self, mark: Mapping[str, Any]) -> None:
        try:
            with self._lock:
                self._write(_line(mark))
        except OSError as error:
            raise XciError(f"the undo file {self.path} can't be written: {error.strerror}") from None

    def _write(self, text: str) -> None:
        # A line that could not be written whole, as when the disk is full, is ended first.
        data = f"{chr(10) if self._torn else ''}{text}\n".encode("utf-8", "backslashreplace")
        self._torn = True
        while data:
            data = data[os.write(self._handle, data) :]
        self._torn = False


def _id(operation: Operation) -> int:
    """Return the id of a new object, as far as it is known."""
    return operation.written.id if operation.action == CREATE and operation.written else 0


def _values(operation: Operation) -> Values:
    """Return the options of an object after a write: what XCI showed of it, otherwise what it was sent."""
    after = {**operation.after, **(operation.seen or {})} if not is_open(operation) else operation.after
    return {one.name: after[one.name] for one in operation.resource.comparable if one.name in operation.after}


def _known(change: Change, **more: Any) -> Values:
    names = [one.name for one in fields(change) if one.name not in ("entry", "status", "seen", "earlier")]
    return {**{name: getattr(change, name) for name in names}, **more}


def _line(value: Mapping[str, Any]) -> str:
    return f"- {json.dumps(value, ensure_ascii=False)}"


def _lines(head: Mapping[str, Any], changes: Sequence[Change]) -> list[str]:
    lists: dict[str, list[str]] = {}
    operations = []
    for change in changes:
        place = None
        if change.entry:
            entries = lists.setdefault(change.resource.plural, [])
            place = len(entries)
            entries.append(_line(change.entry))
        operations.append(_line(_known(change, index=place)))
    lines = [COMMENT, f"undo: {json.dumps(head, ensure_ascii=False)}"]
    for plural, entries in lists.items():
        lines += [f"{plural}:", *entries]
    return [*lines, "operations:", *operations, "written:"]


def load(text: str) -> tuple[dict[str, Any], list[Change]]:
    """Return the head of an undo file, and its changes; raise InputError for anything else."""
    try:
        return _loaded(text)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise InputError(Problem("no undo file of xivo.xci", "undo")) from None


def _loaded(text: str) -> tuple[dict[str, Any], list[Change]]:
    lists: dict[str, list[Any]] = {}
    head: dict[str, Any] = {}
    current: list[Any] = []
    lines = text.split("\n")
    # What a killed run was about to write has no end of line.
    for line in lines[:-1]:
        if line.startswith("undo: "):
            head = json.loads(line[len("undo: ") :])
        elif line.startswith("- "):
            # What was noted of a write may be torn, where the disk was full.
            with contextlib.suppress(ValueError) if current is lists.get("written") else contextlib.nullcontext():
                current.append(json.loads(line[2:]))
        elif line.endswith(":"):
            current = lists.setdefault(line[:-1], [])
    changes = []
    for one in lists["operations"]:
        index = one.pop("index")
        change = Change(**one)
        change.entry = None if index is None else lists[change.resource.plural][index]
        changes.append(change)
    planned = list(changes)
    for mark in lists["written"]:
        if PLANNED in mark:
            planned.append(Change(**mark[PLANNED]))
            changes.append(planned[-1])
        elif NOT_SEEN in mark:
            for number, change in enumerate(changes):
                change.seen = change.status == DONE and number not in mark[NOT_SEEN]
        else:
            _apply(mark, changes, planned)
    return head, changes


def _apply(mark: Mapping[str, Any], changes: list[Change], planned: Sequence[Change]) -> None:
    """Let a change be as a line says; what failed is as it was before it was begun."""
    ((status, number),) = [(name, value) for name, value in mark.items() if name in (BEGUN, DONE, FAILED)]
    before, change = changes[number], planned[number]
    if "values" in mark and change.action == DELETE:
        change = in_between(change, mark["values"])
    values = mark.get("values", change.values)
    if status == BEGUN:
        changes[number] = with_values(change, values, BEGUN)
        changes[number].earlier = before
    elif status == DONE:
        changes[number] = replace(with_values(change, values, DONE), id=mark.get("id", change.id))
    else:
        changes[number] = before.earlier or replace(planned[number], status="")
