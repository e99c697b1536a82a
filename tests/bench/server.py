# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox in a process of its own, and what was asked of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "roles" / "xci_sandbox" / "files" / "xci_sandbox.py"


@dataclass(frozen=True)
class Traffic:
    """How many requests a server got; a login is neither a read nor a write."""

    logins: int = 0
    reads: int = 0
    writes: int = 0


class Server:
    """A sandbox that starts empty; *latency* is in milliseconds a request."""

    def __init__(self, folder: Path, latency: float = 0.0) -> None:
        self._ready = folder / f"ready-{latency:g}.json"
        token = folder / f"token-{latency:g}"
        command = [sys.executable, str(PROGRAM), "--port", "0", "--login", ADMIN, "--latency", str(latency)]
        self._process = subprocess.Popen(
            [*command, "--ready-file", str(self._ready), "--token-file", str(token)],
            env={**os.environ, "XCI_SANDBOX_PASSWORD": PASSWORD},
            stdout=subprocess.DEVNULL,
        )
        self.url: str = self._started()["url"]
        self._control = self.url.partition("/api/")[0] + "/_sandbox/"
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token.read_text(encoding='utf-8')}"

    def _started(self) -> Any:
        for _attempt in range(200):
            if self._ready.exists():
                return json.loads(self._ready.read_text(encoding="utf-8"))
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("the sandbox does not start")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()
        self._process.terminate()
        self._process.wait()

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, self._control + path, json=body, timeout=600)
        answer.raise_for_status()
        return answer.json()

    def start_with(self, document: Mapping[str, Any], **dialects: str) -> None:
        """Hold this document and nothing else.

        A write answers the object, and entities may have the same numbers, unless *dialects* say otherwise.
        """
        self._call("POST", "reset")
        self._call("PUT", "dialects", {"write_body": "object", "overlapping_intervals": "allowed", **dialects})
        self._call("POST", "load", document)

    def forget(self) -> None:
        """Forget the requests so far."""
        self._call("DELETE", "requests")

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests since they were forgotten."""
        return list(self._call("GET", "requests")["items"])

    def traffic(self) -> Traffic:
        return count(self.requests())

    def state(self) -> Any:
        return self._call("GET", "state")


def count(asked: Iterable[Mapping[str, Any]]) -> Traffic:
    """Count requests by what they do."""
    logins = reads = writes = 0
    for one in asked:
        if one["path"] == "/login":
            logins += 1
        elif one["method"] == "GET":
            reads += 1
        else:
            writes += 1
    return Traffic(logins, reads, writes)


def session(server: Server) -> requests.Session:
    """Return a session of bare requests that is logged in."""
    http = requests.Session()
    answer = http.post(f"{server.url}/login", json={"login": ADMIN, "password": PASSWORD}, timeout=60)
    answer.raise_for_status()
    return http
