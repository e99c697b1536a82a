# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever XCI answers, there is a result or an error in words, and no secret in either."""

from __future__ import annotations

import copy
import html
import itertools
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partialmethod
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ConnectionFailed, texts
from ansible_collections.xivo.xci.plugins.module_utils.api.pace import Pace
from ansible_collections.xivo.xci.plugins.module_utils.api.transport import Answer, ConnectError, ReadError, Transport
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.fuzz.world import bounded
from ansible_collections.xivo.xci.tests.support import objects
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD

COOKIE, CTI, OPAQUE, NEW = "PLAY_SESSION=made-up-cookie", "made-up-cti", "+//made-up-opaque", "made-up-new"
SECRETS = (PASSWORD, COOKIE.partition("=")[2], CTI, OPAQUE, NEW)

XIVO = objects.xivo(2, "sud", uuid="u-2")
ENTITY = objects.entity(22, "accueil", XIVO, intervals=[{"start": "100", "end": "199"}, {"start": "300", "end": ""}])
USER = objects.user(559, "101", ENTITY, ctiLogin="zdarc", ctiPassword=CTI)
TEMPLATE = objects.template(1, "standard", xivos=[2], entities=[ENTITY["combinedId"]])
ADMIN = objects.admin(3, "claire", password=OPAQUE, entities=[ENTITY])
GOOD: dict[str, Any] = {
    "/xivo": {"items": [XIVO]},
    "/entities": {"items": [ENTITY]},
    "/templates": [TEMPLATE],
    "/administrators": {"items": [ADMIN]},
    "/entities/accueil%40u-2": ENTITY,
    "/entities/accueil%40u-2/users": {"items": [USER]},
    "/entities/accueil%40u-2/available_numbers": {"items": ["102", "103"]},
    "/users/559": USER,
    "/templates/1": TEMPLATE,
    "/administrators/3": ADMIN,
    "/xivo/2": XIVO,
}
PEOPLE = {
    "columns": {"Login": "cti_login", "Nom": "last_name"},
    "entity": {"value": "accueil@sud"},
    "template": {"value": "standard"},
}
FILES = {
    "people.csv": "Login;Nom\nzdarc;Darc\nluc;Martin\n",
    "sud.csv": "context,exten,firstname,lastname\naccueil,101,Anne,Darc\n",
    "entities.yml": "entities: []\n",
}
"""What the modules for jobs read."""
TASKS: dict[str, list[dict[str, Any]]] = {
    "xci_xivo": [{"name": "nord", "host": "192.0.2.1"}, {"name": "sud"}],
    "xci_entity": [
        {"name": "accueil", "xivo": "sud", "display_name": "Accueil"},
        {"name": "urgences", "xivo": "sud"},
        {"name": "accueil", "xivo": "sud", "state": "absent"},
    ],
    "xci_template": [{"name": "standard", "ringing_time": 20}, {"name": "bureau", "entities": ["accueil@sud"]}],
    "xci_user": [
        {"entity": "accueil", "internal_number": "101", "first_name": "Anne", "template": "standard"},
        {"entity": "accueil", "first_name": "Luc", "match_on": "name", "template": "standard", "cti_password": NEW},
        {"entity": "accueil", "internal_number": "101", "state": "absent"},
    ],
    "xci_admin": [{"login": "claire", "password": NEW, "name": "Claire"}, {"login": "luc", "password": NEW}],
    "xci_config": [
        {
            "xivos": [{"name": "sud"}],
            "users": [{"entity": "accueil", "internal_number": "102", "last_name": "L", "template": "standard"}],
            "admins": [{"login": "claire", "password": NEW, "entities": []}],
            "purge": ["users"],
        }
    ],
    "xci_config_info": [{}, {"entity": "accueil"}],
    "xci_entity_info": [{"available_numbers": True, "usage": True}],
    "xci_user_info": [{}, {"id": 559}],
    **{f"xci_{kind}_info": [{}] for kind in ("xivo", "template", "admin")},
    "xci_doctor": [{}, {"xivo": "sud"}, {"scratch": True, "xivo": "sud", "wait": 0.0}],
    "xci_sync": [{}],
    "xci_compare": [{"src": "."}, {"with_url": "http://127.0.0.1:2", "with_password": NEW}],
    "xci_directory": [{"dest": "directory.csv"}],
    "xci_leave": [{"exports": ["sud=sud.csv"], "dest": "leaving"}],
    "xci_move": [{"who": "zdarc", "to": "accueil@sud", "number": "next", "default_template": "standard"}],
    "xci_people": [{"src": "people.csv", "map": PEOPLE, "leavers": "remove", "dest": "people"}],
    "xci_renumber": [{"entity": "accueil", "from": "100-199", "to": "400-499", "default_template": "standard"}],
    "xci_report": [{}, {"people": "counts"}],
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9)
    | st.sampled_from([10**30, "a" * 70_000, "9" * 5000, "\x00", "\ud83d", "0", "{0}", "%s", [[[]]], {"id": 1}]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in a JSON value, as the container and the key or index in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(pairs):
        yield value, key
        yield from places(one)


class Server:
    """An XCI that mostly answers well, and now and then in any way at all."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def answer(self, transport: Transport, method: str, path: str, body: Any = None, cookie: str = "") -> Answer:
        transport.calls[method] += 1
        way = self._draw(st.sampled_from(["good"] * 6 + ["bent"] * 5 + ["odd", "echo", "bytes", "lost", "not sent"]))
        if way == "lost":
            raise ReadError("the connection was lost", finished=self._draw(st.booleans()))
        if way == "not sent":
            raise ConnectError(self._connection_failed())
        if way == "bytes":
            return self._answer(200, self._draw(st.binary(max_size=30)), cookie=COOKIE)
        status = 200 if way != "echo" else self._draw(st.sampled_from([400, 401, 403, 404, 409, 422, 500, 503]))
        data = {"good": self._good, "bent": self._bent, "odd": lambda *_: self._draw(JSON)}.get(way, self._echo)
        value = data(method, path) if way != "echo" else self._echo(body, cookie)
        return self._answer(status, value if isinstance(value, bytes) else json.dumps(value).encode(), COOKIE)

    def _answer(self, status: int, body: bytes, cookie: str) -> Answer:
        kind = self._draw(st.sampled_from(["application/json", "application/json", "text/html", "text/plain", ""]))
        return Answer(status, kind, body, cookie=cookie)

    @staticmethod
    def _connection_failed() -> ConnectionFailed:
        return ConnectionFailed("can't connect")

    def _good(self, method: str, path: str) -> Any:
        if method == "GET" and path in GOOD:
            return GOOD[path]
        return self._draw(st.sampled_from([b"", {}, {"id": 559}, USER, {"id": 22}, ENTITY]))

    def _bent(self, method: str, path: str) -> Any:
        """Return a good answer in which one value is another, is left out, or stands there twice."""
        value = copy.deepcopy(self._good(method, path))
        everywhere = list(places(value))
        if not everywhere:
            return self._draw(JSON)
        holder, key = self._draw(st.sampled_from(everywhere))
        how = self._draw(st.sampled_from(["other", "none", "gone", "twice"]))
        if how == "twice" and isinstance(holder, list):
            holder.append(holder[key])
        elif how == "gone":
            del holder[key]
        else:
            holder[key] = None if how == "none" else self._draw(JSON)
        return value

    def _echo(self, body: Any, cookie: str) -> Any:
        """Quote the request, as servers like to do."""
        text = json.dumps(body, ensure_ascii=self._draw(st.booleans()))
        return self._draw(
            st.sampled_from([
                {"error": "can't take", "body": body},
                {"error": f"can't take {text}"},
                {"error": f"can't take {body}, Cookie: {cookie}"},
                f"<html><title>Bad</title><p>For {text.replace('/', chr(92) + '/')}, {cookie}</p></html>".encode(),
                f"<p>{html.escape(text)}</p>".encode(),
                f"Cookie: {cookie}\n{urlencode(body) if isinstance(body, dict) else text}".encode(),
            ])
        )  # fmt: skip


class Here:
    """A pool of threads that is none: examples are drawn in one thread."""

    def __init__(self, _size: int) -> None:
        self.map = map

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def shutdown(self, **_how: bool) -> None:
        pass

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args))
        return future


@pytest.fixture(autouse=True)
def one_thread_and_no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = itertools.count()
    paused = [1000.0]

    def pause(cancellation: Cancellation, seconds: float) -> None:
        cancellation.check()
        paused[0] += seconds

    monkeypatch.setattr(Cancellation, "pause", pause)
    # How long this takes must not decide what is asked for next. No two moments are the same.
    monkeypatch.setattr(time, "monotonic", lambda: paused[0] + next(passed) * 1e-6)
    monkeypatch.setattr(Pace, "busy", lambda _self, wanted=0.0: wanted)
    # The state imports it when it first needs it.
    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor", Here)


def send(transport: Transport, server: Server, *args: Any, **more: Any) -> Answer:
    return server.answer(transport, *args, **more)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_any_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(TASKS) == set(MODULES)
    for file, text in FILES.items():
        Path(file).write_text(text, encoding="utf-8")

    @bounded(40)
    @given(data=st.data())
    def judge(data: st.DataObject) -> None:
        server = Server(data.draw)
        monkeypatch.setattr(Transport, "send", partialmethod(send, server))
        given = data.draw(st.sampled_from(TASKS[name]))
        connection: dict[str, Any] = {"xci_url": "http://127.0.0.1:1", "xci_login": "admin", "xci_password": PASSWORD}
        connection |= {"validate_certs": True, "timeout": 1.0, "retries": 1, "read_back_timeout": 0.2}
        context = Context.start(connection, data.draw(st.booleans()), True)
        result = MODULES[name]({**defaults(name), **given}, context)
        shown = json.dumps([result, texts(context.warnings)], ensure_ascii=False)
        assert [secret for secret in SECRETS if secret in shown] == []
        assert not result.get("failed") or result["msg"]

    judge()
