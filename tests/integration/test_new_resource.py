# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new resource is a table, two module files and its names in meta/runtime.yml: all else follows from the table.

A copy of the collection learns a resource that XCI does not have, call queues, and manages them on a small server.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.support.playbook import Task, environment, play_of, run, written

ROOT = Path(__file__).resolve().parents[2]

TABLE = """
QUEUE = Resource(
    kind="queue",
    plural="queues",
    path="/queues",
    display_format="{name}@{entity}",
    aliases=("{name}", "{id}"),
    lookup_keys={"name": ("name", "entity")},
    fields=(
        Field("name", Text(), "name", required=True),
        Field("entity", Ref(kind="entity", field="combined_id"), read="entity", write="entityCId", required=True),
        Field("size", Number(least=1, most=100), "maxCalls", default=10),
        Field("overflow", Choice(words=("busy", "forward")), "overflow", default="busy"),
        Field("forward_to", Digits(), "forwardTo", required_if=("overflow", "forward")),
        Field("id", Number(), read="id"),
    ),
)
"""
MODULE = '''
DOCUMENTATION = r"""
module: {name}
short_description: Manage queues
author: [The xivo.xci authors (@xivo-xci)]
options: {{}}
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.{file} import {file}_module


def main() -> None:
    run_module({file}_module("queue"))


if __name__ == "__main__":
    main()
'''
ENTITY: dict[str, Any] = {
    "id": 17,
    "combinedId": "default@8f159082-4b25-48b3-afec-1873491a60be",
    "name": "default",
    "displayName": "default",
    "xivo": {"id": 1, "uuid": "8f159082-4b25-48b3-afec-1873491a60be", "name": "paris", "host": "", "remainingSlots": 1},
    "intervals": [],
    "presentedNumber": "inbNo",
}


class Server:
    """A server with one entity, and queues that can be read and written."""

    def __init__(self) -> None:
        self.queues: dict[int, dict[str, Any]] = {}
        self.writes: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
                path = self.path.removeprefix("/api/1.0")
                data = json.dumps(server.answer(self.command, path, body)).encode()
                self.send_response(200)
                if path == "/login":
                    self.send_header("Set-Cookie", "session=made-up")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Return what XCI would answer: ``GET /queues`` lists, ``PUT /queues/3`` changes one."""
        if not path.startswith("/queues"):
            return {"items": {"/entities": [ENTITY], "/xivo": [ENTITY["xivo"]]}.get(path, [])}
        if method == "GET":
            return {"items": list(self.queues.values())}
        self.writes.append(f"{method} {path}")
        if method == "DELETE":
            return self.queues.pop(int(path.rpartition("/")[2]))
        identity = len(self.queues) + 1 if method == "POST" else int(path.rpartition("/")[2])
        assert body.pop("entityCId") == ENTITY["combinedId"]
        self.queues[identity] = {**body, "id": identity, "entity": ENTITY}
        return self.queues[identity]

    def __enter__(self) -> Server:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    """Return a collections path with the copy that knows queues."""
    copy = tmp_path / "collections" / "ansible_collections" / "xivo" / "xci"
    shutil.copytree(ROOT / "plugins", copy / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", copy / "galaxy.yml")
    tables = copy / "plugins" / "module_utils" / "model" / "resources.py"
    text = tables.read_text(encoding="utf-8")
    listed = "(XIVO, ENTITY, TEMPLATE, USER, ADMIN)"
    assert text.count(listed) == 1
    before = "# In the order in which one can refer to another."
    text = text.replace(before, TABLE.lstrip() + "\n" + before)
    tables.write_text(text.replace(listed, "(XIVO, ENTITY, TEMPLATE, USER, ADMIN, QUEUE)"), encoding="utf-8")
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    for name, file in (("xci_queue", "present"), ("xci_queue_info", "info")):
        (copy / "plugins" / "modules" / f"{name}.py").write_text(MODULE.format(name=name, file=file), encoding="utf-8")
        runtime["action_groups"]["xci"].append(name)
        runtime["plugin_routing"]["modules"][name] = {"action_plugin": "xivo.xci.xci_config"}
    (copy / "meta").mkdir()
    (copy / "meta" / "runtime.yml").write_text(yaml.safe_dump(runtime), encoding="utf-8")
    return tmp_path / "collections"


DOCUMENT = {
    "entities": [{"name": "default", "xivo": "paris"}],
    "queues": [{"name": "sales", "entity": "default"}],
    "purge": ["queues"],
}
HELP_DESK = {"name": "help", "entity": "default", "size": 20}
TASKS: list[Task] = [
    {"xivo.xci.xci_queue": {**HELP_DESK}, "check_mode": True, "diff": True},
    {"xivo.xci.xci_queue": {**HELP_DESK}, "diff": True},
    {"xivo.xci.xci_queue": {**HELP_DESK}},
    {"xivo.xci.xci_queue": {**HELP_DESK, "overflow": "forward"}},
    {"xivo.xci.xci_queue": {**HELP_DESK, "overflow": "forward", "forward_to": "1001"}},
    {"xivo.xci.xci_queue_info": {"entity": "default@paris"}},
    {"xivo.xci.xci_config": DOCUMENT},
    {"xivo.xci.xci_config_info": {"kinds": ["queues"]}},
    {"xivo.xci.xci_queue": {"name": "sales", "entity": "default", "state": "absent"}},
]


@pytest.mark.parametrize("way", ["worker", "module"])
def test_a_table_and_two_files_are_enough(server: Server, collections: Path, tmp_path: Path, way: str) -> None:
    connection = {"xci_url": server.url, "xci_login": "admin", "xci_password": "made-up"}
    tasks = [{**task, "register": f"result{number}"} for number, task in enumerate(TASKS)]
    results = "{{ [" + ", ".join(f"result{number}" for number in range(len(tasks))) + "] | to_json }}"
    save = {"ansible.builtin.copy": {"content": results, "dest": str(tmp_path / "results.json"), "mode": "0600"}}
    play = play_of([*tasks, save], connection, way, ignore_errors=True, hosts="localhost")
    folder = tmp_path / "play"
    env = environment(folder, ANSIBLE_COLLECTIONS_PATH=str(collections))
    done = run(folder, "ansible-playbook", "-i", "localhost,", written(folder, play), env=env)
    assert done.code == 0, done.output
    predicted, made, again, refused, changed, info, document, export, gone = json.loads(
        (tmp_path / "results.json").read_text(encoding="utf-8")
    )
    assert [one["changed"] for one in (predicted, made, again, changed, document, gone)] == [
        True, True, False, True, True, True
    ]  # fmt: skip
    assert predicted["diff"] == made["diff"]
    assert made["queue"] == {
        "name": "help", "entity": "default@paris", "size": 20, "overflow": "busy", "forward_to": "", "id": 1
    }  # fmt: skip
    assert "missing required option: forward_to" in refused["msg"]
    assert [one["forward_to"] for one in info["queues"]] == ["1001"]
    assert [(one["action"], one["kind"], one["key"]) for one in document["plan"]] == [
        ("create", "queue", "sales@default@paris"),
        ("delete", "queue", "help@default@paris"),
    ]
    assert export["config"]["queues"] == [{"name": "sales", "entity": "default@paris", "size": 10, "overflow": "busy"}]
    assert server.writes == ["POST /queues", "PUT /queues/1", "POST /queues", "DELETE /queues/1", "DELETE /queues/2"]
