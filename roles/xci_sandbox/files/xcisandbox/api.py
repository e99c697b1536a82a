# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The 26 endpoints: routes, sessions, and the answers of writes."""

from __future__ import annotations

import hashlib
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from xcisandbox import administrators, entities, shapes, storage, templates, users, xivos
from xcisandbox.call import Call, caller_of
from xcisandbox.dialects import Dialects
from xcisandbox.messages import (
    Answer,
    NoSession,
    Refusal,
    Request,
    error_answer,
    expired_answer,
    json_answer,
)
from xcisandbox.settings import Settings
from xcisandbox.traffic import Traffic

Handler = Callable[[Call], Answer]
SYNCHRONIZE = "synchronize_config_files"


def _items(listing: Callable[[Call], list[Any]]) -> Handler:
    return lambda call: shapes.listing(call, listing(call))


def _array(listing: Callable[[Call], list[Any]]) -> Handler:
    return lambda call: shapes.listing(call, listing(call), wrapped=False)


def _available_numbers(call: Call) -> Answer:
    free = entities.available_numbers(call)
    return shapes.answer(call, free if call.dialects["list_shape"] == "bare" else {"items": free})


def _one(get: Callable[[Call], Any]) -> Handler:
    return lambda call: shapes.answer(call, get(call))


def _create(kind: ModuleType) -> Handler:
    return lambda call: _written(call, kind, kind.create(call, call.body()), 201)


def _edit(kind: ModuleType) -> Handler:
    return lambda call: _written(call, kind, kind.edit(call, call.body()), 200)


def _delete(kind: ModuleType) -> Handler:
    def delete(call: Call) -> Answer:
        kind.delete(call)
        return _written(call, None, 0, 200)

    return delete


def _written(call: Call, kind: ModuleType | None, number: int, status: int) -> Answer:
    mode = call.dialects["write_body"]
    if mode in WITHOUT_OBJECT:
        return WITHOUT_OBJECT[mode]()
    if mode == "location":
        created = kind is not None and status == 201
        return Answer(201, headers=(("Location", _address(call, kind, number)),)) if created else Answer(200)
    if kind is None:
        return shapes.answer(call, {})
    if mode == "id":
        return shapes.answer(call, {"id": number})
    return shapes.answer(call, kind.by_id(call, number), status)


WITHOUT_OBJECT: dict[str, Callable[[], Answer]] = {
    "none": lambda: Answer(200),
    "no_content": lambda: Answer(204),
    "text": lambda: Answer(200, b"OK", "text/plain; charset=utf-8"),
}


def _address(call: Call, kind: ModuleType | None, number: int) -> str:
    key = quote(entities.by_id(call, number)["combinedId"], safe="") if kind is entities else number
    return f"{call.request.path}/{key}"


def _log_in(call: Call) -> Answer:
    token = administrators.log_in(call, call.body())
    if token:
        return Answer(200, headers=_cookies(call.dialects, call.settings, token))
    mode = call.dialects["login_refused"]
    if mode == "no_cookie":
        return Answer(200)
    if mode == "useless_cookie":
        return Answer(200, headers=_cookies(call.dialects, call.settings, secrets.token_hex(32)))
    raise Refusal(int(mode), "wrong login or password")


def _cookies(dialects: Dialects, settings: Settings, token: str) -> tuple[tuple[str, str], ...]:
    secure = "; Secure" if settings.certificate else ""
    values = [f"{dialects['cookie_name']}={token}"]
    if dialects["cookies"] == "several":
        values.append(f"{SECOND}={_node(token)}")
    return tuple(("Set-Cookie", f"{value}; Path=/; HTTPOnly{secure}") for value in values)


def _node(token: str) -> str:
    """Return the value of the second cookie, without which the first is worth nothing."""
    return hashlib.sha256(f"node {token}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _create_xivo(call: Call) -> Answer:
    body = call.body()
    number = xivos.create(call, body)
    if xivos.configuration_fails(call, body):
        return error_answer(call.request, 500, "SSH connection to the XiVO failed", call.dialects["errors"])
    return _written(call, xivos, number, 201)


def _synchronize(call: Call) -> Answer:
    xivos.synchronize(call)
    return Answer(200)


LOGIN = ("POST", "login")
SECOND = "XCI_NODE"
# Which dialect says how long a request takes.
SLOW = {("GET", "entities", "*", "users"): "users_seconds", ("GET", "xivo", SYNCHRONIZE): "synchronize_seconds"}
ROUTES: dict[tuple[str, ...], Handler] = {
    LOGIN: _log_in,
    ("GET", "xivo"): _items(xivos.listing),
    ("GET", "xivo", "*"): _one(xivos.one),
    ("GET", "xivo", SYNCHRONIZE): _synchronize,
    ("POST", "xivo"): _create_xivo,
    ("GET", "entities"): _items(entities.listing),
    ("GET", "entities", "*"): _one(entities.one),
    ("GET", "entities", "*", "users"): _items(users.listing),
    ("GET", "entities", "*", "available_numbers"): _available_numbers,
    ("POST", "entities"): _create(entities),
    ("PUT", "entities", "*"): _edit(entities),
    ("DELETE", "entities", "*"): _delete(entities),
    ("GET", "users", "*"): _one(users.one),
    ("POST", "users"): _create(users),
    ("PUT", "users", "*"): _edit(users),
    ("DELETE", "users", "*"): _delete(users),
    ("GET", "templates"): _array(templates.listing),
    ("GET", "templates", "*"): _one(templates.one),
    ("POST", "templates"): _create(templates),
    ("PUT", "templates", "*"): _edit(templates),
    ("DELETE", "templates", "*"): _delete(templates),
    ("GET", "administrators"): _items(administrators.listing),
    ("GET", "administrators", "*"): _one(administrators.one),
    ("POST", "administrators"): _create(administrators),
    ("PUT", "administrators", "*"): _edit(administrators),
    ("DELETE", "administrators", "*"): _delete(administrators),
}


def route(method: str, path: str) -> tuple[tuple[str, ...], str]:
    """The key in ROUTES of a path below the base, and its variable part, decoded."""
    first, *rest = path[1:].split("/")
    exact = (method, first, *rest)
    if exact in ROUTES:
        return exact, ""
    if not rest or not rest[0]:
        raise Refusal(404)
    key = (method, first, "*", *rest[1:])
    if key not in ROUTES:
        raise Refusal(404)
    try:
        return key, unquote_to_bytes(rest[0]).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "the path is not UTF-8") from None


class Api:
    def __init__(self, settings: Settings, dialects: Dialects, store: storage.Store) -> None:
        self._settings = settings
        self._dialects = dialects
        self._store = store
        self._traffic = Traffic(dialects)

    def answer(self, request: Request) -> Answer:
        with self._traffic.passing(request) as refused:
            answer = refused or self._answer(request)
        if self._dialects["keep_alive"] == "no":
            request.keep_alive = False
            answer.headers += (("Connection", "close"),)
        return answer

    def _answer(self, request: Request) -> Answer:
        try:
            return self._carried_out(request)
        except Refusal as refusal:
            if self._lies(request):
                return json_answer({"error": refusal.reason})
            return error_answer(request, refusal.status, refusal.reason, self._dialects["errors"])
        except NoSession:
            return expired_answer(request, self._dialects["expired"], self._dialects["errors"])
        except UnicodeEncodeError:
            return error_answer(request, 400, "Invalid Json: half of a surrogate pair", self._dialects["errors"])
        except storage.Closed:
            raise
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return error_answer(request, 500, "", self._dialects["errors"])

    def _carried_out(self, request: Request) -> Answer:
        base = self._settings.base
        if not request.path.startswith(f"{base}/"):
            raise Refusal(404)
        path = request.path[len(base) :]
        key, variable = route(request.method, path)
        self._check_path(key, path)
        seconds = self._dialects.seconds(SLOW[key]) if key in SLOW else 0
        if seconds:
            time.sleep(seconds)
        lag = self._dialects.seconds("list_lag")
        if lag and request.method != "GET":
            self._store.remember(lag)
        with self._store.transaction() as db:
            call = Call(db, self._dialects, self._settings, request, variable)
            call.listed = self._store.past(lag) if lag else None
            if key == LOGIN:
                return ROUTES[key](call)
            row = storage.session_administrator(db, self.token(request))
            if row is None:
                raise NoSession
            call.caller = caller_of(db, row)
            if self._dialects["lies"] == "writes" and request.method != "GET":
                raise Refusal(503, "nothing was saved")
            answer = ROUTES[key](call)
            if self._dialects["session_cookie"] == "renewed":
                token = storage.open_session(db, row["id"], self._settings.session_seconds)
                answer.headers += _cookies(self._dialects, self._settings, token)
            return answer

    def _check_path(self, key: tuple[str, ...], path: str) -> None:
        """Refuse a combinedId that is written in the way that this server does not take."""
        unwanted = {"encoded": "@", "raw": "%40"}.get(self._dialects["entity_path"])
        if key[1:3] == ("entities", "*") and unwanted and unwanted in path:
            raise Refusal(404)

    def _lies(self, request: Request) -> bool:
        """Return whether a write that is refused is answered as if it had been done."""
        login = request.path == f"{self._settings.base}/login"
        return request.method != "GET" and not login and self._dialects["lies"] != "none"

    def token(self, request: Request) -> str:
        token = request.cookie(self._dialects["cookie_name"])
        several = self._dialects["cookies"] == "several"
        return "" if several and request.cookie(SECOND) != _node(token) else token

    def end_session(self, request: Request) -> None:
        with self._store.transaction() as db:
            storage.end_session(db, self.token(request))
