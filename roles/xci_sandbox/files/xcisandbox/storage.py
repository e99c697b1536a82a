# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQLite database: tables, one transaction at a time, sessions and passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS xivos (
    id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, host TEXT NOT NULL,
    configured INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS xivos_name ON xivos (name);
CREATE TABLE IF NOT EXISTS entities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, xivo INTEGER NOT NULL REFERENCES xivos (id), name TEXT NOT NULL,
    display_name TEXT NOT NULL, intervals TEXT NOT NULL, presented_number TEXT NOT NULL, extra TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS entities_name ON entities (xivo, name);
CREATE TABLE IF NOT EXISTS templates (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, options TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS templates_name ON templates (name);
CREATE TABLE IF NOT EXISTS template_xivos (
    template INTEGER NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    xivo INTEGER NOT NULL REFERENCES xivos (id) ON DELETE CASCADE, PRIMARY KEY (template, xivo)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS template_entities (
    template INTEGER NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    entity INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE, PRIMARY KEY (template, entity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dangling (
    template INTEGER NOT NULL REFERENCES templates (id) ON DELETE CASCADE, combined TEXT NOT NULL,
    PRIMARY KEY (template, combined)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS template_entities_entity ON template_entities (entity);
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, entity INTEGER NOT NULL REFERENCES entities (id),
    xivo INTEGER NOT NULL REFERENCES xivos (id), template INTEGER REFERENCES templates (id) ON DELETE SET NULL,
    first_name TEXT NOT NULL, last_name TEXT NOT NULL, number TEXT NOT NULL, cti_login TEXT, cti_password TEXT,
    provisioning TEXT NOT NULL, external TEXT, created REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS users_number ON users (entity, number);
CREATE INDEX IF NOT EXISTS users_cti_login ON users (xivo, cti_login) WHERE cti_login IS NOT NULL;
CREATE INDEX IF NOT EXISTS users_template ON users (template);
CREATE TABLE IF NOT EXISTS administrators (
    id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
    super_admin INTEGER NOT NULL, ldap INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS administrator_entities (
    administrator INTEGER NOT NULL REFERENCES administrators (id) ON DELETE CASCADE,
    entity INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
    PRIMARY KEY (administrator, entity)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS administrator_entities_entity ON administrator_entities (entity);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, administrator INTEGER NOT NULL REFERENCES administrators (id) ON DELETE CASCADE,
    expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_administrator ON sessions (administrator);
CREATE TRIGGER IF NOT EXISTS user_added AFTER INSERT ON users BEGIN
    UPDATE xivos SET used = used + 1 WHERE id = NEW.xivo; END;
CREATE TRIGGER IF NOT EXISTS user_removed AFTER DELETE ON users BEGIN
    UPDATE xivos SET used = used - 1 WHERE id = OLD.xivo; END;
CREATE TRIGGER IF NOT EXISTS user_moved AFTER UPDATE OF xivo ON users WHEN NEW.xivo <> OLD.xivo BEGIN
    UPDATE xivos SET used = used + 1 WHERE id = NEW.xivo;
    UPDATE xivos SET used = used - 1 WHERE id = OLD.xivo; END;
"""
# In an order that never leaves a reference to a deleted row.
TABLES = (
    "sessions",
    "administrator_entities",
    "administrators",
    "users",
    "dangling",
    "template_entities",
    "template_xivos",
    "templates",
    "entities",
    "xivos",
    "counters",
    "sqlite_sequence",
)
SYNCHRONIZED = "synchronized"
COPIES = 50
"""The most copies of the data that are kept for lists that show it later."""


class Closed(ConnectionError):
    """The sandbox is stopping: this request gets no answer."""


class Store:
    """One connection, one lock: each request is an exclusive transaction."""

    def __init__(self, database: str) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._past: list[tuple[float, sqlite3.Connection]] = []
        if database != ":memory:":
            # It contains CTI passwords in clear text, as telephone servers do.
            os.close(os.open(database, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(database, timeout=0.5, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        try:
            # Exclusive: a second sandbox on the same file would change it unnoticed.
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = OFF", "foreign_keys = ON"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(SCHEMA)
            _complete(self._db)
        except sqlite3.Error as error:
            self._db.close()
            raise OSError(f"can't use the database {database}: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise Closed
            self._db.execute("BEGIN")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def remember(self, seconds: float) -> None:
        """Keep a copy of the data as it is before a write, for lists that show it that much later."""
        with self._lock:
            now = time.monotonic()
            # The oldest copies are of use as long as something was different that many seconds ago.
            while self._past and self._past[0][0] <= now - seconds:
                self._past.pop(0)[1].close()
            if self._closed or (self._past and now - self._past[-1][0] < seconds / COPIES):
                return
            copy = sqlite3.connect(":memory:", check_same_thread=False)
            copy.row_factory = sqlite3.Row
            self._db.backup(copy)
            self._past.append((now, copy))

    def past(self, seconds: float) -> sqlite3.Connection:
        """Return the data as it was that many seconds ago; to be called inside of a transaction."""
        then = time.monotonic() - seconds
        return next((copy for until, copy in self._past if until > then), self._db)

    def forget_past(self) -> None:
        with self._lock:
            for _until, copy in self._past:
                copy.close()
            self._past.clear()

    def close(self) -> None:
        self.forget_past()
        with self._lock:
            self._closed = True
            self._db.close()


def _complete(db: sqlite3.Connection) -> None:
    """Add what a file of an older sandbox does not have."""
    columns = {row["name"] for row in db.execute("PRAGMA table_info(users)")}
    for name, kind in (("external", "TEXT"), ("created", "REAL NOT NULL DEFAULT 0")):
        if name not in columns:
            db.execute(f"ALTER TABLE users ADD COLUMN {name} {kind}")


def is_filled(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM administrators LIMIT 1").fetchone() is not None


def ensure_first_administrator(db: sqlite3.Connection, login: str, password: str) -> None:
    """Create it on an empty server only, so that later changes survive a restart."""
    if not is_filled(db):
        hashed = hash_password(password)
        insert(db, "administrators", login=login, name="", password=hashed, super_admin=True, ldap=False)


def empty(db: sqlite3.Connection) -> None:
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 (constant names)


def insert(db: sqlite3.Connection, table: str, **columns: Any) -> int:
    places = ", ".join("?" * len(columns))
    # Names of tables and columns are constants; values are bound.
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
    return db.execute(statement, tuple(columns.values())).lastrowid or 0


def now() -> float:
    return time.time()


def count(db: sqlite3.Connection, name: str) -> None:
    db.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,))


def counter(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    return row[0] if row else 0


def _digest(password: str, salt: bytes) -> bytes:
    # Few rounds, so that a login is as fast as any other request. This is a sandbox.
    return hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "surrogatepass"), salt, 500)


def hash_password(password: str) -> str:
    """48 bytes in base64, as long and as opaque as on the API's page."""
    salt = os.urandom(16)
    return base64.b64encode(salt + _digest(password, salt)).decode()


def password_matches(password: str, hashed: str) -> bool:
    if not hashed:
        return False
    raw = base64.b64decode(hashed)
    return hmac.compare_digest(_digest(password, raw[:16]), raw[16:])


def _token_key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(db: sqlite3.Connection, administrator: int, seconds: float) -> str:
    now = time.time()
    db.execute("DELETE FROM sessions WHERE expires < ?", (now,))
    token = secrets.token_hex(32)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_token_key(token), administrator, now + seconds))
    return token


def session_administrator(db: sqlite3.Connection, token: str) -> Any:
    return db.execute(
        "SELECT a.id, a.login, a.super_admin FROM sessions s JOIN administrators a ON a.id = s.administrator"
        " WHERE s.token = ? AND s.expires >= ?",
        (_token_key(token), time.time()),
    ).fetchone()


def end_session(db: sqlite3.Connection, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE token = ?", (_token_key(token),))


def end_sessions_of(db: sqlite3.Connection, administrator: int) -> None:
    db.execute("DELETE FROM sessions WHERE administrator = ?", (administrator,))


def end_sessions(db: sqlite3.Connection) -> int:
    return db.execute("DELETE FROM sessions").rowcount
