# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as a whole: start, stop, inspect."""

from __future__ import annotations

import hmac
import itertools
import secrets
import sqlite3
import ssl
import threading
import time
from dataclasses import replace
from types import TracebackType
from typing import Any

from xcisandbox import control, seed, snapshot, storage
from xcisandbox.api import Api
from xcisandbox.call import Call
from xcisandbox.dialects import Dialects
from xcisandbox.faults import Faults, carry_out
from xcisandbox.log import Entry, RequestLog
from xcisandbox.messages import Answer, Request
from xcisandbox.settings import Settings
from xcisandbox.wire import Listener

SILENT = ("reset", "close")


class Sandbox:
    """An XCI in threads of this process: `with Sandbox(port=0) as sandbox: ... sandbox.url`."""

    def __init__(self, settings: Settings | None = None, **options: Any) -> None:
        self.settings = replace(settings or Settings(), **options)
        self.dialects = Dialects(self.settings.dialects)
        self.faults = Faults()
        self.log = RequestLog()
        self.token = secrets.token_urlsafe(32)
        """What the control interface asks for before it changes something."""
        self._numbers = itertools.count(1)
        self._stopped = threading.Event()
        self._stopping = threading.Lock()
        self._snapshot = snapshot.read(self.settings.snapshot) if self.settings.snapshot else {}
        self.settings = replace(self.settings, login=snapshot.login_of(self._snapshot, self.settings))
        self._store = storage.Store(self.settings.database)
        self._api = Api(self.settings, self.dialects, self._store)
        try:
            with self._store.transaction() as db:
                self._fill(db)
            self._listener = Listener(self.settings.host, self.settings.port, self._respond, self._tls())
        except BaseException:
            self._store.close()
            raise

    def start(self) -> Sandbox:
        self._listener.start()
        return self

    def stop(self) -> None:
        with self._stopping:
            if not self._stopped.is_set():
                self._listener.close()
                self._store.close()
                self._stopped.set()

    def wait(self) -> None:
        self._stopped.wait()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def origin(self) -> str:
        return self.settings.origin(self.port)

    @property
    def url(self) -> str:
        """The full base URL of the API."""
        return self.origin + self.settings.base

    @property
    def control(self) -> str:
        return self.origin + control.ROOT.rstrip("/")

    def requests(self) -> list[dict[str, Any]]:
        return self.log.as_list()

    def state(self) -> dict[str, Any]:
        with self._store.transaction() as db:
            return seed.state(db)

    def load(self, document: Any) -> dict[str, int]:
        with self._store.transaction() as db:
            return seed.Seed(self._call(db)).load(document)

    def _fill(self, db: sqlite3.Connection) -> None:
        """Store what an empty server starts with; what is in a database file stays."""
        if self._snapshot and not storage.is_filled(db):
            snapshot.store(self._call(db), self._snapshot)
            snapshot.first_administrator(self._call(db), self.settings)
        storage.ensure_first_administrator(db, self.settings.login, self.settings.password)

    def _call(self, db: sqlite3.Connection) -> Call:
        return Call(db, self.dialects, self.settings, Request("POST", control.ROOT, {}))

    def proof(self, challenge: str) -> str:
        """Return what only this sandbox, and who has its token, can make of a text."""
        return hmac.new(self.token.encode(), challenge.encode(), "sha256").hexdigest()

    def expire(self) -> int:
        with self._store.transaction() as db:
            return storage.end_sessions(db)

    def reset(self) -> None:
        with self._store.transaction() as db:
            storage.empty(db)
            self._fill(db)
        self._store.forget_past()
        self.faults.clear()
        self.log.clear()

    def _tls(self) -> ssl.SSLContext | None:
        if not self.settings.certificate:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.settings.certificate, self.settings.key or None)
        return context

    def _respond(self, request: Request) -> Answer:
        if request.path.startswith(control.ROOT):
            return control.answer(self, request)
        began = time.perf_counter()
        number = next(self._numbers)
        path = self._relative(request.target)
        with self.faults.of(request.method, path) as fault:
            if self.settings.latency:
                time.sleep(self.settings.latency / 1000)
            if fault is None:
                answer = self._api.answer(request)
            else:
                answer = carry_out(fault, lambda: self._api.answer(request), lambda: self._api.end_session(request))
        status = None if answer.delivery in SILENT else answer.status
        kind = fault["kind"] if fault else ""
        self.log.add(Entry(number, request.method, path, status, request.body, time.perf_counter() - began, kind))
        return answer

    def _relative(self, target: str) -> str:
        base = self.settings.base
        return target[len(base) :] if target.startswith(f"{base}/") else target
