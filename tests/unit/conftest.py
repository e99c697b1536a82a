# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sandboxes for the tests that need a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from xcisandbox import Sandbox


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes on free ports, and stops them after the test.

    Most tests look at what a write answers, so that it is the object unless they say otherwise.
    """
    with ExitStack() as stack:

        def start_one(dialects: Mapping[str, Any] | None = None, **options: Any) -> Sandbox:
            chosen = {"write_body": "object", **(dialects or {})}
            return stack.enter_context(Sandbox(**{"port": 0, "dialects": chosen, **options}))

        yield start_one
