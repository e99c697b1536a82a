# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes each task's result, and the requests that it made of the sandbox, to a file of JSON lines."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.request import Request, urlopen

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: aggregate
short_description: Records results and requests for the integration tests
description:
  - E(RECORD_FILE) is written, and E(RECORD_CONTROL) is the sandbox's control interface, with its E(RECORD_TOKEN).
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._requests()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def _record(self, status: str, result: Any) -> None:
        line = {"status": status, "result": result._result, "requests": self._requests()}
        with open(os.environ["RECORD_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _requests(self) -> list[dict[str, Any]]:
        """Take what was asked of the sandbox since the last time."""
        token = {"Authorization": f"Bearer {os.environ['RECORD_TOKEN']}"}
        with urlopen(Request(f"{os.environ['RECORD_CONTROL']}/requests", headers=token)) as answer:
            items: list[dict[str, Any]] = json.load(answer)["items"]
        fresh = [item for item in items if item["n"] > getattr(self, "_seen", 0)]
        self._seen = max((item["n"] for item in items), default=0)
        return fresh
