# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in anything that a run of the doctor leaves, though it logs in with several passwords and reads others."""

from __future__ import annotations

from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.tests.secrets.canaries import Canaries, Run, canary
from ansible_collections.xivo.xci.tests.secrets.test_runs import check, xci
from ansible_collections.xivo.xci.tests.support.server import connection


def test_the_doctor(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    tasks = [
        xci("doctor", second_login="claire", second_password=canary("claire")),
        xci("doctor", second_login="claire", second_password=canaries.plant(canary("wrong-second"))),
        {**xci("doctor", scratch=True, xivo="nord"), "register": "doctor"},
        {"ansible.builtin.copy": {"content": "{{ doctor.report | to_nice_json }}", "dest": "doctor.json"}},
    ]
    run.play(tasks, connection(sandbox))
    assert set(run.statuses()) == {"ok"}, run.output
    check(run, canaries)
