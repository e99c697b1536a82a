# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every request of everything that a module does; generated from two lists and a table of rules.

For each case: it ends as the rule says; no object is there twice, lost or changed that should not be; what the module
says is true and shows no secret; no redirect is followed; and the next run brings XCI to what is wanted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ansible_collections.xivo.xci.tests.reliability.conftest import ROWS
from ansible_collections.xivo.xci.tests.reliability.faults import FAULTS, ROLES, Fault
from ansible_collections.xivo.xci.tests.reliability.matrix import Bench, Row
from ansible_collections.xivo.xci.tests.reliability.scenarios import SCENARIOS, Scenario

BenchOf = Callable[[Scenario], Bench]


@pytest.fixture(scope="module")
def bench_of() -> Iterator[BenchOf]:
    """Returns the bench of a scenario, which serves all its cases."""
    with ExitStack() as stack:
        benches: dict[str, Bench] = {}

        def bench(scenario: Scenario) -> Bench:
            if scenario.name not in benches:
                benches[scenario.name] = made = stack.enter_context(Bench(scenario))
                assert not made.plain.failed, made.plain.msg
            return benches[scenario.name]

        yield bench


def judge(rows: list[Row], record: Callable[[str, object], None]) -> None:
    record(ROWS, [row.figures() for row in rows])
    wrong = [row.complaint() for row in rows if row.wrong]
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_one_request_of_each_kind(
    bench_of: BenchOf, fault: Fault, role: str, record_property: Callable[[str, object], None]
) -> None:
    """A slice of the whole: one case of each fault for each role, and the fault that does not end."""
    dice = random.Random(f"{fault.name} {role}")  # noqa: S311
    rows = []
    for lasting in (False, True):
        benches = [bench_of(scenario) for scenario in dice.sample(SCENARIOS, len(SCENARIOS))]
        bench, number = next(
            (bench, number)
            for bench in benches
            for number, (_sent, its_role) in enumerate(bench.requests())
            if its_role == role
        )
        rows.append(bench.case(fault, number, lasting))
    judge(rows, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_request(
    bench_of: BenchOf, scenario: Scenario, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    bench = bench_of(scenario)
    rows = [bench.case(fault, number, lasting) for number in range(len(bench.requests())) for lasting in (False, True)]
    judge(rows, record_property)
