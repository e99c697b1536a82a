# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops a sandbox in the background; one that already runs with the same settings is left unchanged."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xcisandbox import snapshot
from xcisandbox.dialects import Dialects
from xcisandbox.settings import Settings

SCRIPT = Path(__file__).resolve().parent.parent / "xci_sandbox.py"
PATIENCE = 60.0
PATIENCE_WITH_SNAPSHOT = 300.0
"""Many users take long to read where YAML has no parser in C."""


class Keeper:
    """Stores in a folder which sandbox runs, and a salted digest of its settings."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ready = directory / "ready.json"
        self._token = directory / "token"
        self._digest = directory / "settings.digest"
        self._log = directory / "sandbox.log"

    def start(self, settings: Settings, dry_run: bool = False) -> dict[str, Any]:
        Dialects(settings.dialects)  # an invalid one is reported here, not by a child process that exits
        with self._locked(dry_run):
            running = self._running()
            if running and self._same(settings):
                return {"changed": False, **running}
            if dry_run:
                # A free port can't be predicted.
                url = {"url": settings.origin(settings.port) + settings.base} if settings.port else {}
                return {"changed": True, **url}
            if running:
                self._end(running)
            started = self._launch(settings)
            self._remember(settings)
            return {"changed": True, **started}

    def prove(self, url: str) -> dict[str, Any]:
        """Raise ValueError unless the sandbox of this folder, and nothing else, answers at an address."""
        challenge = os.urandom(16).hex()
        try:
            ready = json.loads(self._ready.read_text(encoding="utf-8"))
            wanted = hmac.new(self._token.read_bytes(), challenge.encode(), "sha256").hexdigest()
            # Two spellings of an address may lead to two servers.
            if url == ready["url"] and hmac.compare_digest(_ask(url, "GET", f"proof/{challenge}")["proof"], wanted):
                return dict(ready)
        except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException):
            pass
        raise ValueError(f"{url} is not the sandbox that {self._directory} is about")

    def stop(self, dry_run: bool = False) -> dict[str, Any]:
        if not self._directory.is_dir():
            return {"changed": False}
        with self._locked(dry_run):
            running = self._running()
            if running and not dry_run:
                self._end(running)
            return {"changed": bool(running)}

    @contextlib.contextmanager
    def _locked(self, dry_run: bool) -> Iterator[None]:
        """Lock the folder, so that two plays at the same time start one sandbox."""
        if dry_run:
            yield
            return
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        with open(self._directory / "lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _running(self) -> dict[str, Any] | None:
        try:
            ready = json.loads(self._ready.read_text(encoding="utf-8"))
            # The process id must answer on that port: another process may have either of them now.
            if _ask(ready["url"], "GET", "ping")["pid"] == ready["pid"]:
                return dict(ready)
        except (OSError, ValueError, LookupError, http.client.HTTPException):
            pass
        return None

    def _same(self, settings: Settings) -> bool:
        try:
            salt, _colon, digest = self._digest.read_text(encoding="utf-8").partition(":")
        except OSError:
            return False
        return hmac.compare_digest(digest, _fingerprint(settings, salt))

    def _remember(self, settings: Settings) -> None:
        salt = os.urandom(16).hex()
        _private(self._digest, f"{salt}:{_fingerprint(settings, salt)}")

    def _end(self, running: dict[str, Any]) -> None:
        _ask(running["url"], "POST", "stop", self._token.read_text(encoding="utf-8") if self._token.exists() else "")
        # The file is deleted last, when the port is free and the database closed.
        if not _wait(lambda: not self._ready.exists()):
            raise OSError(f"the sandbox on {running['url']} (process {running['pid']}) does not stop")

    def _launch(self, settings: Settings) -> dict[str, Any]:
        self._ready.unlink(missing_ok=True)
        _private(self._log, "")
        with open(self._log, "a", encoding="utf-8") as log:
            # Settings are passed on standard input: a password is never an argument, nor in the environment.
            child = subprocess.Popen(  # noqa: S603 (constant script)
                [sys.executable, str(SCRIPT), "run", "--settings", "-", *self._files()],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                text=True,
            )
        with contextlib.suppress(BrokenPipeError), child.stdin:  # type: ignore[union-attr]
            child.stdin.write(json.dumps(_absolute(settings)))  # type: ignore[union-attr]
        patience = PATIENCE_WITH_SNAPSHOT if settings.snapshot else PATIENCE
        if _wait(lambda: self._ready.exists() or child.poll() is not None, patience) and self._ready.exists():
            return dict(json.loads(self._ready.read_text(encoding="utf-8")))
        child.kill()
        child.wait()
        raise OSError(
            f"the sandbox does not start: {self._log.read_text(encoding='utf-8').strip() or 'no reason given'}"
        )

    def _files(self) -> list[str]:
        return ["--ready-file", str(self._ready), "--token-file", str(self._token)]


def _absolute(settings: Settings) -> dict[str, Any]:
    """Return settings with absolute paths, because the child runs in another folder."""
    values = asdict(settings)
    for name in ("database", "certificate", "key", "snapshot"):
        if values[name] and values[name] != ":memory:":
            values[name] = str(Path(values[name]).expanduser().absolute())
    return values


def _fingerprint(settings: Settings, salt: str) -> str:
    """Return a digest of the settings and the program, so that a newer program replaces a running sandbox."""
    code = hashlib.sha256()
    for file in sorted(SCRIPT.parent.rglob("*.py")):
        code.update(file.read_bytes())
    values = _absolute(settings)
    data = snapshot.digest(values["snapshot"]) if settings.snapshot else ""
    text = json.dumps(
        [values, data, Dialects(settings.dialects).as_dict(), code.hexdigest(), sys.executable], sort_keys=True
    )
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), 100_000).hex()


def _ask(url: str, method: str, action: str, token: str = "") -> Any:
    """Send a request to the port directly, without proxies or certificate checks."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl._create_unverified_context()  # noqa: S323 (the address is its own, and it made the token)
        connection = http.client.HTTPSConnection(parts.netloc, timeout=5, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    with contextlib.closing(connection):
        connection.request(method, f"/_sandbox/{action}", headers=headers)
        return json.loads(connection.getresponse().read())


def _private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _wait(done: Callable[[], bool], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
