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

from ansible_collections.xivo.xci.tests.integration.cycles import DIALECTS
from ansible_collections.xivo.xci.tests.integration.harness import Site

WAYS = ["module", "worker"]
LONGEST = "test_both_ways_say_and_write_the_same"
"""Begins first: at the end, one core would have it, and the other ones nothing."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the slow tests what costs most.

    Ordinary modules cost a hundred times as much: those tests that are marked as both_ways run each time, on one
    edition of XCI. Of the editions that a test runs on, each time it is one, another one for each test.
    """
    items.sort(key=lambda item: item.name != LONGEST)
    editions: dict[str, list[pytest.Item]] = {}
    for item in items:
        params = getattr(item, "callspec", None)
        if not params:
            continue
        edition = params.params.get("dialect")
        is_module = params.params.get("way") == "module"
        if is_module and not (item.get_closest_marker("both_ways") and edition in (None, "as_documented")):
            item.add_marker(pytest.mark.slow)
        elif not is_module and edition in DIALECTS:
            editions.setdefault(item.nodeid.replace(edition, ""), []).append(item)
    for name, several in editions.items():
        often = several[sum(name.encode()) % len(several)]
        for item in several:
            if item is not often:
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
