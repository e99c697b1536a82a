# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are easily found, real ansible-playbook runs that are given them, and all that these leave behind."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from xcisandbox.messages import Answer, Request
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.playbook import Task

COOKIE = "XCI_CANARY_SESSION"
SECRET_IN_JSON = re.compile(rb'"(?:password|ctiPassword)":"((?:[^"\\]|\\.)+)"')


def canary(place: str) -> str:
    """Return a secret that tells where it was planted, and that JSON, HTML and URLs each spell in another way."""
    return f"canary/{place}&é~7f3a"


def cti(place: str) -> str:
    """Return one of the characters that a CTI password may have."""
    return f"canary-{place}-7f3a!"


class Canaries:
    """All secrets of one test: those that it plants, and those that its sandbox makes or shows."""

    def __init__(self) -> None:
        self._planted: set[str] = set()
        self._seen: set[str] = set()

    def plant(self, text: str) -> str:
        self._planted.add(text)
        return text

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take down each session and each password that any sandbox sends."""
        respond = Sandbox._respond

        def look(sandbox: Sandbox, request: Request) -> Answer:
            answer = respond(sandbox, request)
            cookies = [value for name, value in answer.headers if name == "Set-Cookie"]
            self._seen.update(cookie.partition(";")[0].partition("=")[2] for cookie in cookies)
            self._seen.update(json.loads(b'"%s"' % raw) for raw in SECRET_IN_JSON.findall(answer.body))
            return answer

        monkeypatch.setattr(Sandbox, "_respond", look)

    @property
    def sessions(self) -> int:
        return len(self._seen)

    def all(self) -> set[str]:
        """Return all of them; the sandbox's mask and what is too short to be recognised are none."""
        return {one for one in self._planted | self._seen if len(one) > 8 and set(one) != {"*"}}

    def found_in(self, text: str) -> list[str]:
        """Return the secrets that stand in a text, in any of the ways in which they may be written."""
        return sorted(one for one in self.all() if any(way in text for way in spellings(one)))


def spellings(secret: str) -> set[str]:
    plain = {secret, escape(secret), quote(secret), quote(secret, safe=""), repr(secret)[1:-1]}
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    coded = {base64.b64encode(secret.encode()).decode().rstrip("=")}
    return plain | in_json | {one.replace("/", "\\/") for one in in_json} | coded


class Run:
    """One ansible-playbook, and every place in which it may have left something."""

    def __init__(self, folder: Path, sandbox: Sandbox, way: str) -> None:
        self.folder = folder
        self.way = way
        self._sandbox = sandbox
        self.output = ""
        self.commands: set[str] = set()
        self.results: list[dict[str, Any]] = []

    def play(
        self,
        tasks: list[Task],
        defaults: Mapping[str, Any],
        environment: Mapping[str, str] | None = None,
        verbosity: str = "-vvvvv",
        collections: str = "",
        **play: Any,
    ) -> None:
        for name in ("home", "tmp", "work"):
            (self.folder / name).mkdir(parents=True)
        work = self.folder / "work"
        book = playbook.written(work, playbook.play_of(tasks, defaults, self.way, ignore_errors=True, **play))
        arguments = ["--diff", "-i", "localhost,", book, *([verbosity] if verbosity else [])]
        env = playbook.environment(work, self._sandbox, **self._places(), **(environment or {}))
        if collections:
            env["ANSIBLE_COLLECTIONS_PATH"] = collections
        with Commands(self.commands):
            done = playbook.run(work, "ansible-playbook", *arguments, env=env)
        self.output, self.results = done.output, done.results
        book.unlink()  # what a person writes in a playbook is there, of course
        assert len(self.results) == len(tasks), self.output[-4000:]

    def _places(self) -> dict[str, str]:
        """Return the variables by which everything that Ansible writes is in the folder, also what is for a while."""
        return {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "ANSIBLE_HOME": str(self.folder / "home" / ".ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp" / "local"),
            "ANSIBLE_REMOTE_TMP": str(self.folder / "tmp" / "remote"),
            "ANSIBLE_LOG_PATH": str(self.folder / "home" / "ansible.log"),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "home" / "async"),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "RECORD_FILE": str(self.folder / "record.jsonl"),
        }

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield every place in which something was left, and what stands there."""
        yield "the output", self.output
        yield "the command lines", "\n".join(self.commands)
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                yield str(file.relative_to(self.folder)), file.read_bytes().decode("utf-8", "replace")

    def leaks(self, canaries: Canaries) -> list[str]:
        return [f"{secret} in {place}" for place, text in self.places() for secret in canaries.found_in(text)]

    def statuses(self) -> list[str]:
        return [one["status"] for one in self.results]


class Commands:
    """Looks at the command lines of all processes, again and again, as anybody on the machine may."""

    def __init__(self, seen: set[str]) -> None:
        self._seen = seen
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.02):
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    self._seen.add(_command(entry.path))


def _command(process: str) -> str:
    try:
        return Path(process, "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""  # it has ended meanwhile
