# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Synchronising the configuration files of the XiVOs: once, after many changes, and never in check mode."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, entity, in_check
from ansible_collections.xivo.xci.tests.support.objects import SYNCHRONIZE
from ansible_collections.xivo.xci.tests.support.playbook import Task

SYNC: Task = {"xivo.xci.xci_sync": {}}
HANDLERS = [{"name": "Synchronise the XiVOs", "run_once": True, **SYNC}]


def more(name: str, *bounds: str) -> Task:
    intervals = [{"start": start, "end": end} for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    return {**entity(name=name, xivo="xivo-nord", intervals=intervals), "notify": "Synchronise the XiVOs"}


@pytest.mark.core
def test_it_is_always_a_change(site: Callable[..., Site]) -> None:
    xci = site()
    outcomes = xci.play(SYNC, SYNC)
    assert [outcome.changed for outcome in outcomes] == [True, True]
    assert [outcome.result["calls"]["GET"] for outcome in outcomes] == [1, 1]
    assert xci.sandbox.state()["synchronized"] == 2


def test_check_mode_skips_it_and_says_so(site: Callable[..., Site]) -> None:
    xci = site()
    (outcome,) = xci.play(in_check(SYNC), may_fail=True)
    assert outcome.status == "skipped"
    assert outcome.msg == "check mode: XCI was not asked to synchronise the XiVOs"
    assert outcome.requests == []
    assert xci.sandbox.state()["synchronized"] == 0


def test_many_changes_notify_it_once(site: Callable[..., Site]) -> None:
    xci = site()
    tasks = [more("urgences", "2000", "2899"), more("compta", "3000", "3099"), more("neuve", "70", "79")]
    # The harness counts the tasks; the handler is one more.
    flush: Task = {"ansible.builtin.meta": "flush_handlers"}
    done = xci.play(*tasks, flush, handlers=HANDLERS)
    assert [outcome.changed for outcome in done] == [True] * 4
    assert done[-1].requests[-1:] == [f"GET {SYNCHRONIZE}"]
    assert xci.sandbox.state()["synchronized"] == 1


def test_nothing_changed_notifies_nothing(site: Callable[..., Site]) -> None:
    xci = site()
    xci.play(more("urgences", "2000", "2999"), more("compta", "3000", "3999"), handlers=HANDLERS)
    assert xci.sandbox.state()["synchronized"] == 0


def test_a_lost_answer_is_reported_and_the_request_not_repeated(site: Callable[..., Site]) -> None:
    xci = site()
    xci.sandbox.faults.add({"path": SYNCHRONIZE, "times": 0, "fault": {"kind": "reset", "when": "after"}})
    (outcome,) = xci.play(SYNC, may_fail=True)
    assert outcome.status == "failed"
    assert "it is not known whether it synchronised" in outcome.msg
    assert xci.sandbox.state()["synchronized"] == 1
