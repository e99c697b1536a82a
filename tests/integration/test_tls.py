# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private CA in the system's store is trusted without an option, as ansible.builtin.uri trusts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.reliability.certificates import Authority
from ansible_collections.xivo.xci.tests.support.objects import START
from ansible_collections.xivo.xci.tests.support.playbook import Done, Task, environment, play_of, run, written
from ansible_collections.xivo.xci.tests.support.server import connection, running, variables

# Each release of urllib3 checks names in its own way, and the matrix has an old one.
pytestmark = pytest.mark.core


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def sandbox(authority: Authority) -> Iterator[Sandbox]:
    certificate = authority.issue("127.0.0.1")
    with running(START, certificate=certificate, key=certificate) as started:
        yield started


def store(authority: Authority) -> dict[str, str]:
    """Return what makes OpenSSL take a file for the system's store; the real one would need root."""
    return {"SSL_CERT_FILE": str(authority.file)}


def play(sandbox: Sandbox, folder: Path, way: str, **more: str) -> Done:
    lookup = "{{ lookup('xivo.xci.available_numbers', 'accueil@xivo-nord') }}"
    tasks: list[Task] = [
        {"xivo.xci.xci_xivo_info": {}, "register": "read"},
        {"ansible.builtin.debug": {"msg": "{{ read.xivos | length }} XiVOs, next number " + lookup}},
    ]
    file = written(folder, play_of(tasks, connection(sandbox), way))
    env = environment(folder, **variables(connection(sandbox)), **more)
    return run(folder, "ansible-playbook", "-i", "localhost,", file, env=env)


@pytest.mark.parametrize("way", ["worker", "module"])
def test_modules_and_the_lookup(sandbox: Sandbox, authority: Authority, tmp_path: Path, way: str) -> None:
    done = play(sandbox, tmp_path / "play", way, **store(authority))
    assert done.code == 0, done.output
    assert "2 XiVOs, next number 1000" in done.stdout
    assert "WARNING" not in done.output


def test_the_inventory(sandbox: Sandbox, authority: Authority, tmp_path: Path) -> None:
    file = tmp_path / "xci.yml"
    file.write_text(json.dumps({"plugin": "xivo.xci.xci", **connection(sandbox)}), encoding="utf-8")
    env = environment(tmp_path, **store(authority))
    done = run(tmp_path, "ansible-inventory", "-i", file, "--list", env=env)
    assert done.code == 0, done.output
    assert "xivo-nord" in done.stdout


def test_a_ca_that_nothing_names_is_not_trusted(sandbox: Sandbox, tmp_path: Path) -> None:
    done = play(sandbox, tmp_path / "play", "worker")
    assert done.code == 2
    assert "the certificate is not trusted" in done.stdout


def test_ca_path_trusts_its_own_certificates_alone(sandbox: Sandbox, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another CA")
    done = play(sandbox, tmp_path / "play", "worker", **store(authority), XCI_CA_PATH=str(other.file))
    assert done.code == 2
    assert "the certificate is not trusted" in done.stdout
