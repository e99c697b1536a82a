# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in anything that the jobs of every day leave, though XCI shows passwords and a second XCI has its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import JOBS
from ansible_collections.xivo.xci.tests.secrets.canaries import Canaries, Run, canary, cti
from ansible_collections.xivo.xci.tests.secrets.test_runs import check, xci
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.playbook import Task
from ansible_collections.xivo.xci.tests.support.server import connection

TABLE = "Login;Nom;Site\nzoe;Arc;Nord\nlou;Neuf;Nord\n"
MAP = {
    "columns": {"Login": "cti_login", "Nom": "last_name"},
    "entity": {"column": "Site", "values": {"Nord": "accueil@nord"}},
    "template": {"value": "standard"},
}
EXPORT = "context,exten,firstname,lastname\naccueil,1001,Zoé,Anders\n"


@pytest.fixture
def other(canaries: Canaries) -> Iterator[Sandbox]:
    """The other XCI, with a password of its own."""
    users = [{"entity": "accueil@nord", "internalNumber": "1001", "lastName": "A", "ctiLogin": "a1"}]
    start = {
        "xivos": [{"name": "nord"}],
        "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "1000", "end": "1999"}]}],
        "users": [{**users[0], "ctiPassword": canaries.plant(cti("other-user"))}],
    }
    password = canaries.plant(canary("other-login"))
    with server.running(start, password=password, dialects={"cti_password": "shown"}) as sandbox:
        yield sandbox


def jobs(canaries: Canaries, other: Sandbox) -> list[Task]:
    """Return each job, right and wrong; what it writes is in the folder that is looked through."""
    there = connection(other)
    with_other = {"with_url": there["xci_url"], "with_login": there["xci_login"]}
    common: dict[str, Any] = {"default_template": "standard"}
    wrong = canaries.plant(canary("wrong-other"))
    return [
        {"ansible.builtin.copy": {"content": TABLE, "dest": "hr.csv"}},
        {"ansible.builtin.copy": {"content": EXPORT, "dest": "nord.csv"}},
        xci("compare", **with_other, with_password=other.settings.password, dest="compared.json"),
        xci("compare", **with_other, with_password=wrong),
        xci("compare", with_url=f"http://x:{canaries.plant('canary-in-other-url-7f3a')}@127.0.0.1:1"),
        xci("directory", dest="directory.csv"),
        xci("leave", exports=["nord=nord.csv"], dest="leaving"),
        {**xci("people", src="hr.csv", map=MAP, dest="out", **common), "check_mode": True},
        xci("people", src="hr.csv", map=MAP, dest="out", **common),
        xci("move", who="zoe", to="accueil@nord", number="1005", **common),
        xci("move", who="nobody", to="accueil@nord", **common),
        xci("renumber", entity="accueil@nord", **{"from": ["1005"], "to": ["1705"]}, dest="list.csv", **common),
        xci("renumber", entity="nowhere", **{"from": ["1005"], "to": ["1706"]}, **common),
        {**xci("report"), "register": "read"},
        {"ansible.builtin.copy": {"content": "{{ read.report | to_nice_json }}", "dest": "report.json"}},
        {
            "ansible.builtin.copy": {
                "content": "{{ (read.report | xivo.xci.report_page).users }}",
                "dest": "page.json",
            },
        },
    ]


def test_the_jobs_of_every_day(run: Run, canaries: Canaries, sandbox: Sandbox, other: Sandbox) -> None:
    tasks = jobs(canaries, other)
    used = {name.rpartition(".")[2] for task in tasks for name in task if name.startswith("xivo.xci.")}
    # The doctor is in a test of its own.
    assert used == JOBS.keys() - {"xci_doctor"}
    run.play(tasks, connection(sandbox))
    failed = [number for number, status in enumerate(run.statuses()) if status == "failed"]
    assert failed == [3, 4, 10, 12], run.output
    check(run, canaries)
