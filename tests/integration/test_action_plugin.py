# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One action plugin runs every module, however a task names it, with the defaults of the action group."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.xivo.xci.tests.support.objects import START
from ansible_collections.xivo.xci.tests.support.playbook import Task, environment, play_of, run, written
from ansible_collections.xivo.xci.tests.support.server import asked, connection, logins, running

pytestmark = pytest.mark.core

TASKS: list[Task] = [
    {"xivo.xci.xci_xivo_info": {}},
    {"xci_xivo_info": {}},
    {"action": "xivo.xci.xci_xivo_info"},
    {"local_action": "xivo.xci.xci_xivo_info"},
    {"action": "xivo.xci.xci_entity_info name=compta"},
    {"local_action": "xci_template_info"},
    {"xivo.xci.xci_config": {"xivos": [{"name": "xivo-nord"}]}},
]


@pytest.mark.parametrize("way", ["worker", "module"])
def test_every_way_to_name_a_module(tmp_path: Path, way: str) -> None:
    with running(START) as sandbox:
        play = play_of(TASKS, connection(sandbox), way, collections=["xivo.xci"])
        env = environment(tmp_path, sandbox.control)
        done = run(tmp_path, "ansible-playbook", "-i", "localhost,", written(tmp_path, play), env=env)
        assert done.code == 0, done.output
        assert "WARNING" not in done.output
        assert [line["status"] for line in done.results] == ["ok"] * len(TASKS)
        xivos = [line["result"]["xivos"] for line in done.results[:4]]
        assert [len(shown) for shown in xivos] == [2, 2, 2, 2]
        assert [one["name"] for one in done.results[4]["result"]["entities"]] == ["compta"]
        # In the worker all of these share one login; an ordinary module logs in by itself.
        assert logins(sandbox) == (1 if way == "worker" else len(TASKS)), asked(sandbox)


def test_an_ad_hoc_command(tmp_path: Path) -> None:
    with running(START) as sandbox:
        options = " ".join(f"{name}={value}" for name, value in connection(sandbox).items())
        arguments = ("localhost", "-c", "local", "-m", "xivo.xci.xci_admin_info", "-a", options)
        done = run(tmp_path, "ansible", "-i", "localhost,", *arguments, env=environment(tmp_path))
    assert done.code == 0, done.output
    assert "mlefevre" in done.stdout
