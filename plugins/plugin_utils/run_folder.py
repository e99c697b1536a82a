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
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any

from ansible import constants

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import LoginRefused
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.api.store import MemoryStore
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.reservations import Reservations

PATIENCE = 3.0
"""For how many seconds a worker waits for another one before it says so."""
REFUSAL_HOLDS = 10.0
"""For how many seconds after it was wanted last no worker tries a login again that XCI refused.

Many in a row lock an account in a directory.
"""


def path_of(kind: str, *key: Any) -> str:
    """Return a file's path that is the same in all workers for the same *key* and reveals nothing about it."""
    return _path_in(constants.DEFAULT_LOCAL_TMP, kind, *key)


@lru_cache(maxsize=1024)
def _path_in(folder: str, kind: str, *key: Any) -> str:
    name = hashlib.sha256(repr((folder, *key)).encode("utf-8", "surrogatepass")).hexdigest()
    return os.path.join(folder, f"xci-{kind}-{name}")


@contextlib.contextmanager
def locked(path: str, waiting: Callable[[], None] | None = None) -> Iterator[int]:
    """Open a file of the run for one worker at a time; the lock ends with the worker, however it ends.

    *waiting* is called when another worker has had it for some seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if waiting:
            _lock_soon(handle, waiting)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _lock_soon(handle: int, waiting: Callable[[], None]) -> None:
    """Lock an open file; after some seconds without success, say so instead."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return
    waiting()


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
        """Raise LoginRefused where this login was refused just now; the caller holds the session's lock.

        In a run of many hosts, that counts from the last of them: it must not be tried every few seconds.
        """
        refusals, texts = Lines(path_of("refusals")), list[str]()
        with contextlib.suppress(OSError), refusals.opened() as lines:
            now = time.time()
            texts = [text for path, when, text in lines if path == self._path and now - when < REFUSAL_HOLDS]
            if texts:
                refusals.add([self._path, now, texts[-1]])
        if texts:
            raise LoginRefused(texts[-1])

    def _keep_refusal(self, error: LoginRefused) -> None:
        refusals = Lines(path_of("refusals"))
        with contextlib.suppress(OSError), refusals.opened():
            refusals.add([self._path, time.time(), str(error)])


def forget_refusals() -> None:
    """Let a login that was refused be tried again at once: something was done that may have made it right."""
    with contextlib.suppress(OSError):
        os.unlink(path_of("refusals"))


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
            new = file.read()
            self._place = file.tell()
        return [PlannedWrite(**entry["write"]) for entry in _values(new) if entry["by"] != self._own]

    def add(self, write: PlannedWrite) -> None:
        """Keep one more."""
        line = json.dumps({"by": self._own, "write": asdict(write)}) + "\n"
        with contextlib.suppress(OSError), locked(self._path) as handle:
            begun = os.lseek(handle, 0, os.SEEK_END)
            os.write(handle, (line if begun else f"{uuid.uuid4().hex}\n{line}").encode())

    def clear(self) -> None:
        """Forget all, since something was written for real."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)


class RunReservations(Reservations):
    """The reservations of a run: for each entity a file that only grows, a line with who asked and for what."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._url = settings.url
        self._files: dict[str, Lines] = {}

    def _take(self, entity: str, asker: str, free: Iterable[str], count: int, consecutive: bool) -> list[str]:
        file = self._files.setdefault(entity, Lines(path_of("numbers", self._url, entity)))
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                for other, numbers in stack.enter_context(file.opened()):
                    super()._give(entity, other, numbers)
            return super()._take(entity, asker, free, count, consecutive)

    def _give(self, entity: str, asker: str, numbers: list[str]) -> None:
        super()._give(entity, asker, numbers)
        with contextlib.suppress(OSError):
            self._files[entity].add((asker, numbers))


class RunCreations:
    """What this run creates: in each place, such as an entity, one worker at a time, which sees what others created."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.url
        self._created = Lines(path_of("created", settings.url))
        with contextlib.suppress(OSError), self._created.opened():
            # What was created before can be seen on XCI.
            pass
        self._others: set[str] = set()

    @contextlib.contextmanager
    def alone(self, places: Iterable[str], waiting: Callable[[str], None]) -> Iterator[None]:
        """Let no other worker create in these places meanwhile; *waiting* is called with the first that takes long."""
        said: list[str] = []

        def wait(place: str) -> None:
            if not said:
                said.append(place)
                waiting(place)

        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                for place in sorted(set(places)):
                    stack.enter_context(locked(path_of("creating", self._url, place), partial(wait, place)))
            yield

    def by_others(self, names: Iterable[str]) -> set[str]:
        """Return those of the names that other workers created since this object was made."""
        with contextlib.suppress(OSError), self._created.opened() as lines:
            self._others.update(lines)
        return {name for name in names if _digest(name) in self._others}

    def add(self, names: Iterable[str]) -> None:
        """Note what was created, for the others."""
        with contextlib.suppress(OSError), self._created.opened() as lines:
            self._others.update(lines)
            for name in names:
                self._created.add(_digest(name))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _values(lines: bytes) -> Iterator[Any]:
    """Yield the JSON values of lines; where the disk was full, one may have been cut off."""
    for line in lines.splitlines():
        with contextlib.suppress(ValueError):
            yield json.loads(line)


class Lines:
    """A file of the run that only grows, a JSON value each line; whoever opens it sees what is new."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._place = 0
        self._handle = -1

    @contextlib.contextmanager
    def opened(self) -> Iterator[list[Any]]:
        """Open the file for this worker alone; yield what it has not seen yet."""
        with locked(self._path) as handle:
            size = os.lseek(handle, 0, os.SEEK_END)
            new = os.pread(handle, size - self._place, self._place)
            self._place, self._handle = size, handle
            try:
                yield list(_values(new))
            finally:
                self._handle = -1

    def add(self, value: Any) -> None:
        """Add a line to the open file."""
        line = f"{json.dumps(value)}\n".encode()
        os.write(self._handle, line)
        self._place += len(line)
