# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the workers of one run share, in the folder that Ansible makes for the run and removes at its end.

Ansible makes that folder for its owner alone (mode 0700), and every worker inherits its name. Whatever fails here, the
task goes on without sharing.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ansible import constants

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import LoginRefused
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.api.store import MemoryStore
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite

REFUSED = "-refused"
REFUSAL_HOLDS = 10.0
"""For how many seconds no worker tries a login again that XCI refused: many in a row lock an account in a directory."""


def path_of(kind: str, *key: Any) -> str:
    """Return a file's path that is the same in all workers for the same *key* and reveals nothing about it."""
    folder = constants.DEFAULT_LOCAL_TMP
    name = hashlib.sha256(repr((folder, *key)).encode("utf-8", "surrogatepass")).hexdigest()
    return os.path.join(folder, f"xci-{kind}-{name}")


@contextlib.contextmanager
def locked(path: str) -> Iterator[int]:
    """Open a file of the run for one worker at a time; the lock ends with the worker, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


class RunStore(MemoryStore):
    """One session for all workers of a run: the first logs in, the others use its cookie, or its refusal."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    @classmethod
    def beside(cls, settings: Settings, route: tuple[Any, ...]) -> RunStore:
        """Return the store of what makes this session this one: XCI, the administrator, and the route there."""
        who = (settings.url, settings.login, settings.password, settings.validate_certs, settings.ca_path)
        return cls(path_of("session", *who, route))

    def obtain(self, login: Callable[[], str], refused: str | None = None) -> str:
        """Return a cookie other than *refused*, calling *login* when no worker has one."""
        return super().obtain(lambda: self._shared(login, refused), refused)

    def _shared(self, login: Callable[[], str], refused: str | None) -> str:
        with contextlib.ExitStack() as stack:
            try:
                handle = stack.enter_context(locked(self._path))
            except OSError:
                return login()
            known = _read_line(handle)
            if known and known != refused:
                return known
            self._raise_refusal()
            try:
                cookie = login()
            except LoginRefused as error:
                self._keep_refusal(error)
                raise
            _write_line(handle, cookie)
            return cookie

    def _raise_refusal(self) -> None:
        """Raise LoginRefused where this login was refused just now; the caller holds the session's lock."""
        with contextlib.suppress(OSError), open(self._path + REFUSED, encoding="utf-8") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime < REFUSAL_HOLDS:
                raise LoginRefused(file.read())

    def _keep_refusal(self, error: LoginRefused) -> None:
        with contextlib.suppress(OSError), open(self._path + REFUSED, "w", encoding="utf-8") as file:
            file.write(str(error))


def forget_refusals() -> None:
    """Let a login that was refused be tried again at once: something was done that may have made it right."""
    for path in glob.glob(os.path.join(glob.escape(constants.DEFAULT_LOCAL_TMP), f"*{REFUSED}")):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _read_line(handle: int) -> str:
    """Return what the file holds; a worker that was killed while it wrote leaves no whole line."""
    try:
        text = os.pread(handle, 65536, 0).decode("utf-8", "replace")
    except OSError:
        return ""
    return text[:-1] if text.endswith("\n") else ""


def _write_line(handle: int, text: str) -> None:
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{text}\n".encode(), 0)


class RunJournal:
    """What the tasks of a run planned in check mode, a JSON line each, below a line that identifies this file.

    It holds no secrets.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._head, self._place = b"", 0
        self._own = uuid.uuid4().hex

    @classmethod
    def beside(cls, settings: Settings) -> RunJournal | None:
        """Return the journal of an XCI; None where no file can be had for it."""
        path = path_of("planned", settings.url)
        return cls(path) if os.access(os.path.dirname(path), os.W_OK) else None

    def read(self) -> list[PlannedWrite]:
        """Return the planned writes that this object has neither returned nor added yet, in their order."""
        if not os.path.exists(self._path):
            return []
        with locked(self._path) as handle, os.fdopen(os.dup(handle), "rb") as file:
            head = file.readline()
            if head != self._head:
                # Another one than before: somebody cleared it.
                self._head, self._place = head, len(head)
            file.seek(self._place)
            lines = file.read().splitlines()
            self._place = file.tell()
        entries = [json.loads(line) for line in lines]
        return [PlannedWrite(**entry["write"]) for entry in entries if entry["by"] != self._own]

    def add(self, write: PlannedWrite) -> None:
        """Keep one more."""
        line = json.dumps({"by": self._own, "write": asdict(write)}) + "\n"
        with locked(self._path) as handle:
            begun = os.lseek(handle, 0, os.SEEK_END)
            os.write(handle, (line if begun else f"{uuid.uuid4().hex}\n{line}").encode())

    def clear(self) -> None:
        """Forget all, since something was written for real."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)


class Reservations:
    """The numbers of one entity that are reserved in this run, and for whom: nobody else gets them."""

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
