# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host for each XiVO: forks and slices share the work, and no two of them write the same object.

A slice is what AWX makes of one: the same job with a part of the hosts, sent away with ansible-runner's transmit, run
somewhere with its worker, and taken back with its process.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.console import environment, run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook

ROOT = Path(__file__).resolve().parents[2]
SITES = ("hopital-nord", "hopital-sud")
COMMON: dict[str, Any] = {
    "xci_src": ["config/all", "config/production/hopital-nord/site.yml", "config/production/hopital-sud/site.yml"]
}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of docs/example."""
    return Path(shutil.copytree(ROOT / "docs" / "example", tmp_path / "example"))


@pytest.mark.slow
def test_one_play_with_a_host_for_each_xivo(site: Callable[..., Site], example: Path) -> None:
    server = site(start={})
    run(server, "xivo.xci.apply", folder=example, **COMMON)
    inventory = ["-i", "sites.yml", "-e", "xci_hosts=sites", "--forks", "2"]
    applied = run(server, "xivo.xci.apply", *inventory, folder=example, xci_undo_dest="undo")
    assert applied.changed == dict.fromkeys(SITES, 1)
    assert Counter(applied.writes) == {("POST", "/users"): 11}
    assert sorted(file.parent.name for file in (example / "undo").rglob("*.yml")) == list(SITES)
    again = run(server, "xivo.xci.drift", *inventory, folder=example, xci_drift_fail=True, xci_drift_json="drift.json")
    assert again.changed == dict.fromkeys(SITES, 0)
    found = json.loads((example / "drift.json").read_text(encoding="utf-8"))
    assert (found["drift"], sorted(found["hosts"])) == (False, list(SITES))


@pytest.mark.slow
def test_the_hosts_may_come_from_xci_itself(site: Callable[..., Site], example: Path) -> None:
    server = site(start={})
    run(server, "xivo.xci.apply", folder=example, **COMMON)
    inventory = {"plugin": "xivo.xci.xci", "entities": True, "compose": {"xci_default_template": "'Poste standard'"}}
    (example / "xci.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    part: dict[str, Any] = {"xci_hosts": "all", "xci_src": "config/production/{{ inventory_hostname }}"}
    applied = run(server, "xivo.xci.apply", "-i", "xci.yml", folder=example, **part)
    assert applied.changed == dict.fromkeys(SITES, 1)
    assert Counter(applied.writes) == {("POST", "/users"): 11}


@pytest.mark.slow
def test_each_host_exports_its_own_part_of_one_tree(site: Callable[..., Site], example: Path) -> None:
    server = site(start={})
    run(server, "xivo.xci.apply", "-e", "@production.yml", folder=example)
    run(
        server,
        "xivo.xci.export",
        folder=example,
        xci_export_directory="whole",
        xci_export_kinds=["xivos", "entities", "users"],
    )
    sites = yaml.safe_load((example / "sites.yml").read_text(encoding="utf-8"))
    sites["sites"]["vars"] = {"xci_export_xivo": "{{ inventory_hostname }}", "xci_export_directory": "parts"}
    (example / "export.yml").write_text(yaml.safe_dump(sites), encoding="utf-8")
    ran = run(server, "xivo.xci.export", "-i", "export.yml", "-e", "xci_hosts=sites", folder=example)
    assert ran.changed == dict.fromkeys(SITES, 1)
    assert tree(example / "parts") == tree(example / "whole")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_two_slices_of_ansible_runner_at_once(site: Callable[..., Site], example: Path, tmp_path: Path) -> None:
    server = site(start={}, latency=20)
    run(server, "xivo.xci.apply", folder=example, **COMMON)
    server.sandbox.log.clear()
    workers = [Slice(server, example, tmp_path / f"slice-{host}", host) for host in SITES]
    for worker in workers:
        worker.start()
    codes = [worker.finish() for worker in workers]
    assert codes == [0, 0], [worker.output for worker in workers]
    posted = [one["body"] for one in server.sandbox.requests() if (one["method"], one["path"]) == ("POST", "/users")]
    assert Counter((one["entityCId"], one["internalNumber"]) for one in posted).most_common(1)[0][1] == 1
    homes = [one["entityCId"].partition("@")[2] for one in posted]
    assert (len(homes), len(set(homes))) == (11, 2)
    for worker in workers:
        assert worker.stats() == {"changed": {worker.host: 1}, "failures": {}}
    again = run(server, "xivo.xci.apply", "-i", "sites.yml", "-e", "xci_hosts=sites", folder=example)
    assert again.changed == dict.fromkeys(SITES, 0)


class Slice:
    """One slice of a job: transmitted, worked on in a folder of its own, processed."""

    def __init__(self, server: Site, project: Path, folder: Path, host: str) -> None:
        self.host = host
        self.output = ""
        self._folder = folder
        self._environment = environment(server, folder)
        data = folder / "send"
        for name in ("project", "inventory", "env"):
            (data / name).mkdir(parents=True)
        shutil.copytree(project, data / "project", dirs_exist_ok=True)
        sites = yaml.safe_load((project / "sites.yml").read_text(encoding="utf-8"))
        sites["sites"]["hosts"] = {host: None}
        (data / "inventory" / "hosts.yml").write_text(yaml.safe_dump(sites), encoding="utf-8")
        extra = {"xci_hosts": "sites", **playbook.in_way(server.way)}
        (data / "env" / "extravars").write_text(json.dumps(extra))
        # As AWX gives a job its credential, the collection and no more.
        needed = {name: value for name, value in self._environment.items() if name.startswith(("XCI_", "ANSIBLE_"))}
        (data / "env" / "envvars").write_text(json.dumps(needed))

    def start(self) -> None:
        arguments = ["transmit", self._folder / "send", "-p", "xivo.xci.apply", "--ident", f"slice-{self.host}"]
        transmitted = playbook.run(self._folder, "ansible-runner", *arguments, env=self._environment)
        assert transmitted.code == 0, transmitted.output
        sent = self._folder / "sent"
        sent.write_text(transmitted.stdout, encoding="utf-8")
        bare = {name: self._environment[name] for name in ("PATH", "HOME")}
        worker = ["worker", "--private-data-dir", self._folder / "work"]
        self._worker = playbook.start(self._folder, "ansible-runner", *worker, env=bare, stdin=sent)

    def finish(self) -> int:
        returned = self._folder / "returned"
        returned.write_text(self._worker.finish().output, encoding="utf-8")
        arguments = ["process", self._folder / "back", "--ident", f"slice-{self.host}"]
        processing = playbook.start(self._folder, "ansible-runner", *arguments, env=self._environment, stdin=returned)
        self.output = processing.finish().output
        return int((self._artifacts() / "rc").read_text())

    def _artifacts(self) -> Path:
        return self._folder / "back" / "artifacts" / f"slice-{self.host}"

    def stats(self) -> dict[str, dict[str, int]]:
        events = [json.loads(path.read_text()) for path in (self._artifacts() / "job_events").glob("*.json")]
        (last,) = [one["event_data"] for one in events if one["event"] == "playbook_on_stats"]
        return {name: last[name] for name in ("changed", "failures")}
