# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From any server to any document, whatever its dialects: what has to hold of xci_config and xci_config_info."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.engine.planner import PURGEABLE
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.tests.fuzz.documents import Document, completed, documents, lacking, seed
from ansible_collections.xivo.xci.tests.fuzz.world import DIALECTS, bounded, refill, run

METHODS = {"POST": "create", "PUT": "update", "DELETE": "delete"}
KINDS = {resource.path: kind for kind, resource in RESOURCES.items()}


def configure(sandbox: Sandbox, document: Document, check: bool = False, **options: Any) -> dict[str, Any]:
    result = run("xci_config", {**document, "max_deletions": 1000, **options}, sandbox, check)
    assert not result.get("failed"), result["msg"]
    return result


def export(sandbox: Sandbox) -> Document:
    config: Document = run("xci_config_info", {}, sandbox)["config"]
    return config


def writes(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """Count what was written since the log was cleared, by action and kind."""
    acts = [one for one in sandbox.requests() if one["method"] != "GET" and one["path"] != "/login"]
    return Counter((METHODS[one["method"]], KINDS["/" + one["path"].split("/")[1]]) for one in acts)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Document, Document]:
    before = draw(documents())
    return before, draw(documents(before))


def test_any_server_becomes_any_document(sandbox: Sandbox) -> None:
    @bounded(60)
    @given(pair=pairs(), dialects=DIALECTS, purge=st.sets(st.sampled_from(PURGEABLE)))
    def judge(pair: tuple[Document, Document], dialects: dict[str, str], purge: set[str]) -> None:
        before, document = pair
        if "entities" in purge:
            # Those in an entity are deleted by name, or it is not deleted.
            purge = {*purge, "users"}
        refill(sandbox, seed(before), dialects)
        state = sandbox.state()

        predicted = configure(sandbox, document, check=True, purge=sorted(purge))
        assert sandbox.state() == state
        assert not writes(sandbox)

        sandbox.log.clear()
        done = configure(sandbox, document, purge=sorted(purge))
        for key in ("plan", "summary", "changed", "diff"):
            assert done[key] == predicted[key]
        assert writes(sandbox) == Counter((one["action"], one["kind"]) for one in done["plan"])
        assert all(one["changes"] for one in done["plan"] if one["action"] == "update")
        assert list(lacking(document, sandbox.state())) == []

        state = sandbox.state()
        sandbox.log.clear()
        again = configure(sandbox, document, purge=sorted(purge))
        assert (again["changed"], again["plan"]) == (False, [])
        assert not writes(sandbox)
        assert sandbox.state() == state

    judge()


def test_an_export_applied_to_its_own_server_changes_nothing(sandbox: Sandbox) -> None:
    @bounded(30)
    @given(document=documents(), dialects=DIALECTS)
    def judge(document: Document, dialects: dict[str, str]) -> None:
        refill(sandbox, seed(document), dialects)
        config = export(sandbox)
        assert export(sandbox) == config
        result = configure(sandbox, config)
        assert (result["changed"], result["plan"]) == (False, [])
        assert not writes(sandbox)

    judge()


def test_an_export_makes_another_server_the_same(sandbox: Sandbox, other: Sandbox) -> None:
    @bounded(30)
    @given(document=documents(), here=DIALECTS, there=DIALECTS)
    def judge(document: Document, here: dict[str, str], there: dict[str, str]) -> None:
        # Where XCI hides the hosts, nobody could know them.
        refill(sandbox, seed(document), {**here, "hosts": "shown"})
        refill(other, {}, {**there, "hosts": "shown"})
        config = export(sandbox)
        configure(other, completed(config))
        assert export(other) == config

    judge()
