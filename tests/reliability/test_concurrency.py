# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several at once want the same of one XCI, which refuses to have a number twice: threads, and real plays."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.reliability.plays import Play
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.modules import defaults

HOSPITAL: dict[str, Any] = {
    "xivos": [{"name": "nord"}],
    "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "1000", "end": "1199"}]}],
    "templates": [{"name": "modèle"}],
}
COMMON = {"entity": "accueil@nord", "template": "modèle"}
AT_ONCE = 6


DIALECTS = [{"duplicate_numbers": "refused"}, {"duplicate_numbers": "allowed"}]


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The sandbox of a test, in which numbers are unique unless the test says otherwise."""
    with server.running(HOSPITAL, dialects=getattr(request, "param", {}), latency=2) as sandbox:
        yield sandbox


numbers_either_way = pytest.mark.parametrize(
    "sandbox", DIALECTS, ids=["duplicates-refused", "duplicates-allowed"], indirect=True
)


def users(sandbox: Sandbox, key: str) -> Counter[str]:
    return Counter(one[key] for one in sandbox.state()["users"])


def one_after_the_other(sandbox: Sandbox, many: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run xci_user for each, as one loop does."""
    module = MODULES["xci_user"]
    options = {**defaults("xci_user"), **server.connection(sandbox)}
    context = Context.start(options)
    results = []
    for one in many:
        results.append(module({**options, **COMMON, **one}, context))
        if results[-1].get("failed"):
            context.state = State(context.client)
    context.client.close()
    return results


def side_by_side(sandbox: Sandbox, loops: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(len(loops)) as pool:
        return [
            result for results in pool.map(one_after_the_other, [sandbox] * len(loops), loops) for result in results
        ]


def test_threads_that_create_the_same_users(sandbox: Sandbox) -> None:
    """Whoever XCI refuses finds what another one made, and is content."""
    loop = [{"internal_number": str(1000 + number), "last_name": f"Durand {number}"} for number in range(20)]
    results = side_by_side(sandbox, [loop] * AT_ONCE)
    assert users(sandbox, "internalNumber") == {str(1000 + number): 1 for number in range(20)}
    assert [result["msg"] for result in results if result.get("failed")] == []
    assert sum(result["changed"] for result in results) == 20
    assert not any(result["changed"] for result in one_after_the_other(sandbox, loop))


@numbers_either_way
def test_threads_that_take_free_numbers(sandbox: Sandbox) -> None:
    """As runs on several machines, which share nothing."""
    loops = [
        [{"match_on": "cti_login", "cti_login": f"user{which}.{number}", "last_name": "A"} for number in range(8)]
        for which in range(AT_ONCE)
    ]
    results = side_by_side(sandbox, loops)
    assert [result["msg"] for result in results if result.get("failed")] == []
    assert all(result["changed"] for result in results)
    _each_number_and_login_once(sandbox)
    assert users(sandbox, "ctiLogin").total() == 8 * AT_ONCE
    for result in results:
        assert users(sandbox, "internalNumber")[result["user"]["internal_number"]] == 1
    for loop in loops:
        assert not any(result["changed"] for result in one_after_the_other(sandbox, loop))


@numbers_either_way
def test_documents_that_take_free_numbers(sandbox: Sandbox) -> None:
    """Side by side, and until no number is left."""
    documents = [
        [{**COMMON, "match_on": "cti_login", "cti_login": f"user{which}.{n}", "last_name": "A"} for n in range(50)]
        for which in range(4)
    ]

    def apply(people: list[dict[str, Any]]) -> dict[str, Any]:
        options = {**defaults("xci_config"), **server.connection(sandbox), "users": people, "parallelism": 4}
        context = Context.start(options)
        try:
            return MODULES["xci_config"](options, context)
        finally:
            context.client.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(apply, documents))
    assert [result["msg"] for result in results if result.get("failed")] == []
    _each_number_and_login_once(sandbox)
    assert users(sandbox, "internalNumber").total() == 200


def _each_number_and_login_once(sandbox: Sandbox) -> None:
    for key in ("internalNumber", "ctiLogin"):
        assert not [value for value, count in users(sandbox, key).items() if count > 1]


HOSTS, RUNS = 20, 4
MINE = "run{which}.{{{{ inventory_hostname }}}}"


def take(which: int, more: bool = False) -> list[dict[str, Any]]:
    """Return the tasks of one run: each host makes sure of what all want, and of a user with any free number."""
    free = {**COMMON, "match_on": "cti_login", "cti_login": MINE.format(which=which), "last_name": "A"}
    same = {"xivo.xci.xci_entity": {"name": "commun", "xivo": "nord"}}
    return (
        [{"name": "Same", **same}, {"name": "Free", "xivo.xci.xci_user": free}]
        if more
        else [{"name": "Free", "xivo.xci.xci_user": free}]
    )


def rounds(sandbox: Sandbox, folder: Path, count: int, hosts: int, runs: int) -> None:
    """Let *runs* processes with *hosts* each take the numbers of an entity that has just as many; repeat that."""
    wide = {"intervals": [{"start": "1000", "end": str(999 + hosts * runs)}]}
    for turn in range(count):
        sandbox.reset()
        sandbox.load({**HOSPITAL, "entities": [{**HOSPITAL["entities"][0], **wide}]})
        plays = [
            Play(folder / f"{turn}-{which}", sandbox, take(which), hosts=hosts, forks=hosts) for which in range(runs)
        ]
        for play in plays:
            # A task that fails fails its play.
            play.finish()
        assert users(sandbox, "internalNumber") == {str(1000 + number): 1 for number in range(hosts * runs)}
        assert users(sandbox, "ctiLogin").total() == hosts * runs


@numbers_either_way
def test_plays_that_take_all_free_numbers(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds(sandbox, tmp_path, 1, hosts=6, runs=2)


@pytest.mark.slow
@numbers_either_way
def test_many_plays_that_take_all_free_numbers(sandbox: Sandbox, tmp_path: Path) -> None:
    rounds(sandbox, tmp_path, int(os.environ.get("ROUNDS", "25")), HOSTS, RUNS)


def test_hosts_that_make_sure_of_the_same_object_create_it_once(tmp_path: Path) -> None:
    """Also where XCI would take it twice."""
    with server.running(HOSPITAL, dialects={"duplicate_numbers": "allowed"}, latency=20) as sandbox:
        entity = {"name": "Same entity", "xivo.xci.xci_entity": {"name": "commun", "xivo": "nord"}}
        user = {**COMMON, "internal_number": "1001", "last_name": "Accueil"}
        one = {"name": "Same user", "xivo.xci.xci_user": user}
        free = {**COMMON, "match_on": "name", "last_name": "Salle"}
        document = {
            "name": "Same document",
            "xivo.xci.xci_config": {"users": [free, {**user, "internal_number": "1002"}]},
        }
        output = Play(tmp_path, sandbox, [entity, one, document], hosts=6, forks=6).finish()
        assert users(sandbox, "internalNumber") == {"1000": 1, "1001": 1, "1002": 1}
        assert sum(one["name"] == "commun" for one in sandbox.state()["entities"]) == 1
    # One host each made the entity, the user and what the document says.
    assert sum(int(count) for count in re.findall(r"changed=(\d+)", output)) == 3


@pytest.mark.parametrize("way", ["worker", "module"])
def test_predictions_of_one_run_all_differ_where_hosts_can_see_each_other(
    sandbox: Sandbox, tmp_path: Path, way: str
) -> None:
    free = {**COMMON, "match_on": "name", "last_name": "{{ inventory_hostname }} {{ item }}"}
    tasks: list[dict[str, Any]] = [
        {"name": "Free", "xivo.xci.xci_user": free, "loop": ["A", "B"], "register": "made", "check_mode": True},
        {
            "name": "Show",
            "ansible.builtin.debug": {
                "msg": "{% for one in made.results %}[{{ one.user.internal_number }}]{% endfor %}"
            },
        },
    ]
    hosts = 4 if way == "worker" else 2
    output = Play(tmp_path, sandbox, tasks, hosts=hosts, forks=hosts, way=way).finish()
    predicted = re.findall(r"\[(1\d\d\d)\]", output)
    assert len(predicted) == 2 * hosts
    assert sandbox.state()["users"] == []
    if way == "worker":
        assert len(set(predicted)) == 2 * hosts
        assert "[WARNING]" not in output
    else:
        assert "in ordinary modules, other hosts and tasks can't see that, and may predict the same" in " ".join(
            output.split()
        )
