# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible masks: passwords, and nothing else; ansible-core 2.22 masks each occurrence of a text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules import secrecy
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, START, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Done, Task, environment, play_of, run, written
from ansible_collections.xivo.xci.tests.support.server import connection, running

pytestmark = pytest.mark.core

CTI, SECOND = "made-up-cti-4711", "made-up-admin-4712"
READABLE = ["Alice", "Martin", "Bob", "1701", "1702", "amartin", "paris", "Modèle standard", "accueil@xivo-nord"]
DOCUMENT: dict[str, Any] = {
    "users": [
        {
            "entity": "accueil@xivo-nord",
            "internal_number": "1701",
            "first_name": "Alice",
            "last_name": "Martin",
            "template": TEMPLATE,
            "cti_login": "amartin",
            # Must not make the number unreadable.
            "cti_password": "1701",
        },
        {
            "entity": "accueil@xivo-nord",
            "internal_number": "1702",
            "first_name": "Bob",
            "last_name": "Alice",
            "template": TEMPLATE,
            "cti_login": "bob",
            "cti_password": CTI,
        },
    ],
    "admins": [{"login": "paris", "name": "Martin", "password": SECOND, "entities": ["accueil@xivo-nord"]}],
}
RECAP = re.compile(r"localhost +: ok=\d+ +changed=\d+ +unreachable=0 +failed=0 ")


def play(sandbox: Sandbox, folder: Path, way: str, *arguments: str) -> Done:
    tasks: list[Task] = [
        {"xivo.xci.xci_config": DOCUMENT, "register": "applied"},
        {"ansible.builtin.debug": {"msg": "{{ applied.plan | map(attribute='key') | join(' ') }}"}},
        {"xivo.xci.xci_user_info": {"entity": "accueil@xivo-nord"}, "register": "read"},
        {"ansible.builtin.debug": {"msg": "{{ read.users | map(attribute='last_name') | join(' ') }}"}},
    ]
    file = written(folder, play_of(tasks, connection(sandbox), way))
    return run(folder, "ansible-playbook", "-i", "localhost,", *arguments, file, env=environment(folder))


@pytest.mark.parametrize("way", ["worker", pytest.param("module", marks=pytest.mark.slow)])
def test_everything_but_passwords_can_be_read(tmp_path: Path, way: str) -> None:
    with running(START) as sandbox:
        for number, mode in enumerate([["--check", "--diff"], ["--diff", "-vvv"]]):
            done = play(sandbox, tmp_path / str(number), way, *mode)
            assert done.code == 0, done.output
            for name in READABLE:
                assert name in done.stdout
            for secret in (PASSWORD, CTI, SECOND):
                assert secret not in done.output
            assert "REDACTED" not in done.output
            assert "1701@accueil@xivo-nord 1702@accueil@xivo-nord paris" in done.stdout
            assert RECAP.search(done.stdout), done.stdout


def test_an_option_of_a_wrong_name_does_not_show_its_value(tmp_path: Path) -> None:
    with running(START) as sandbox:
        tasks = [
            {"xivo.xci.xci_user": {"cti_pasword": "misspelt-made-up"}, "ignore_errors": True},
            {"xivo.xci.xci_config": {"users": [{"cti_pasword": "misspelt-made-up"}]}, "ignore_errors": True},
        ]
        for way in ("worker", "module"):
            folder = tmp_path / way
            # Without the excerpt of the playbook that ansible-core shows since 2.19.
            file = written(folder, play_of(tasks, connection(sandbox), way))
            env = environment(folder, ANSIBLE_DISPLAY_TRACEBACK="never")
            done = run(folder, "ansible-playbook", "-i", "localhost,", "-vvv", file, env=env)
            results = [line for line in done.stdout.splitlines() if not re.match(r"^(\d+| +\^)", line)]
            assert "misspelt-made-up" not in "\n".join(line for line in results if "cti_pasword" not in line)
            assert "did you mean cti_password" in done.stdout
            assert '"cti_pasword": "********"' in done.stdout


def test_no_option_is_no_log() -> None:
    def specs(spec: dict[str, Any]) -> Any:
        for name, argument in spec.items():
            yield name, argument
            yield from specs(argument.get("options", {}))

    every = [(name, argument) for module in MODULES for name, argument in specs(MODULES[module].argument_spec(print))]
    assert not [name for name, argument in every if argument.get("no_log")]
    secrets = {name for name, argument in every if "Secret" in type(argument["type"]).__name__}
    assert secrets == {
        "xci_password",
        "second_password",
        "with_password",
        *(one.name for resource in RESOURCES.values() for one in resource.secrets),
    }


def test_what_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: set[str] = set()
    monkeypatch.setattr(secrecy, "register_secrets", registered.update)
    secrecy.mask({**DOCUMENT, "xci_password": PASSWORD, "xci_login": "admin"})
    assert registered == {PASSWORD, CTI, SECOND}
    registered.clear()
    # It equals something that is shown, or would hide telephone numbers.
    secrecy.mask({"users": [{"cti_password": "Martin", "last_name": "Martin"}, {"cti_password": "471100"}]})
    assert registered == set()
