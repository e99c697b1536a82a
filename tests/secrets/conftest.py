# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of a test, and a server that knows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.tests.secrets.canaries import COOKIE, Canaries, Run, canary, cti
from ansible_collections.xivo.xci.tests.support import server


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> Canaries:
    canaries = Canaries()
    canaries.watch(monkeypatch)
    return canaries


@pytest.fixture(params=["worker", pytest.param("module", marks=pytest.mark.slow)])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sandbox(canaries: Canaries) -> Iterator[Sandbox]:
    """A server that shows CTI passwords in clear, and quotes what it refuses."""
    dialects = {"cti_password": "shown", "errors": "json", "cookie_name": COOKIE}
    start = {
        "xivos": [{"name": "nord", "host": "192.0.2.1"}],
        "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "1000", "end": "1999"}]}],
        "templates": [{"name": "standard", "xivos": ["nord"]}],
        "users": [
            {"entity": "accueil@nord", "firstName": "Zoé", "internalNumber": "1001", "template": "standard",
             "ctiLogin": "zoe", "ctiPassword": canaries.plant(cti("shown"))},
        ],
        "administrators": [
            {"login": "claire", "password": canaries.plant(canary("claire")), "entities": ["accueil@nord"]}
        ],
    }  # fmt: skip
    with server.running(start, password=canaries.plant(canary("login")), dialects=dialects) as sandbox:
        yield sandbox


@pytest.fixture
def run(sandbox: Sandbox, way: str, tmp_path: Path) -> Run:
    return Run(tmp_path / "run", sandbox, way)
