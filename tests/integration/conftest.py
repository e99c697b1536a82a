# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways in which a task runs, and the servers that it runs against."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site

WAYS = ["module", "worker"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the ordinary modules' runs to the slow tests, since they cost a hundred times as much.

    Those marked as both_ways run each time, on one server.
    """
    for item in items:
        params = getattr(item, "callspec", None)
        often = (
            item.get_closest_marker("both_ways") and params and params.params.get("dialect") in (None, "as_documented")
        )
        if params and params.params.get("way") == "module" and not often:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How a task runs: as an ordinary module, or inside the controller's worker. All has to be true of both."""
    return str(request.param)


@pytest.fixture
def site(way: str, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Make sandboxes with the usual starting state; see Site."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Site:
            made = Site(way, tmp_path, **settings)
            stack.enter_context(made.sandbox)
            return made

        yield make


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return where a person works, with the document of the test's module, its DOCUMENT, as users.yml."""
    made = tmp_path / "repository"
    made.mkdir()
    document = request.module.DOCUMENT
    text = document if isinstance(document, str) else json.dumps(document)
    (made / "users.yml").write_text(text, encoding="utf-8")
    return made
