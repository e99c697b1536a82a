# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One action plugin runs every module, however a task names it, with the defaults of the action group."""

from __future__ import annotations

import os
import subprocess
import sys
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
        env = environment(tmp_path, sandbox)
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


def test_it_is_imported_before_ansible_forks_its_workers() -> None:
    """A strategy looks for the action plugin of each task; a worker that had to import all of it would take long."""
    program = """
import sys
from ansible.plugins.loader import init_plugin_loader, action_loader
init_plugin_loader()
assert action_loader.get("xivo.xci.xci_user", class_only=True) is None
print("ansible_collections.xivo.xci.plugins.action.xci_config" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.parametrize("way", ["worker", "module"])
def test_a_task_that_is_retried(tmp_path: Path, way: str) -> None:
    """Each attempt begins with the options of the playbook, and reads the files again."""
    read = {
        "xivo.xci.xci_user_info": {"entity": "compta"},
        "register": "read",
        "until": "read.users | length > 0",
        "retries": 1,
    }
    (tmp_path / "users.yml").write_text("users: [{nothing: 1}]", encoding="utf-8")
    person = "[{entity: compta@xivo-nord, internal_number: '3001', last_name: A, template: Modèle standard}]"
    script = tmp_path / "attempt.sh"
    script.write_text(f'echo "users: {person}" >{tmp_path}/users.yml\n', encoding="utf-8")
    apply = {
        "xivo.xci.xci_config": {"src": str(tmp_path / "users.yml")},
        "register": "applied",
        "until": "applied is success or lookup('ansible.builtin.pipe', 'sh " + str(script) + "') is none",
        "retries": 1,
    }
    tasks: list[Task] = [{**read, "delay": 0, "ignore_errors": True}, {**apply, "delay": 0}]
    with running(START) as sandbox:
        env = environment(tmp_path, sandbox)
        play = play_of(tasks, connection(sandbox), way)
        done = run(tmp_path, "ansible-playbook", "-i", "localhost,", written(tmp_path, play), env=env)
    assert "Unsupported parameters" not in done.output
    assert done.results[0]["result"]["users"] == []
    assert done.results[1]["status"] == "ok", done.output
    assert done.results[1]["result"]["changed"]


@pytest.mark.parametrize("way", ["worker", "module"])
def test_a_module_that_another_collection_redirects_to(tmp_path: Path, way: str) -> None:
    collections = tmp_path / "collections" / "ansible_collections"
    other = collections / "my" / "coll"
    (other / "meta").mkdir(parents=True)
    redirects = "plugin_routing: {modules: {person: {redirect: xivo.xci.xci_user_info}}}"
    (other / "meta" / "runtime.yml").write_text(redirects, encoding="utf-8")
    task: Task = {"my.coll.person": {"entity": "accueil@xivo-nord"}}
    with running(START) as sandbox:
        paths = f"{collections.parent}:{os.environ['ANSIBLE_COLLECTIONS_PATH']}"
        play = play_of([{**task, "my.coll.person": {**task["my.coll.person"], **connection(sandbox)}}], {}, way)
        env = environment(tmp_path, sandbox, ANSIBLE_COLLECTIONS_PATH=paths)
        done = run(tmp_path, "ansible-playbook", "-i", "localhost,", written(tmp_path, play), env=env)
    assert done.code == 0, done.output
    assert len(done.results[0]["result"]["users"]) == 1
