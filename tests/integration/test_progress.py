# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long apply shows of its progress, and that it ends: in a terminal, and as AWX runs a job.

``make test-runners`` runs this with several releases of ansible-runner and ansible-core.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest

from ansible_collections.xivo.xci.tests.integration.console import environment
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

LIMIT = 90
"""Seconds that a job may take which takes less than ten."""

USERS = 40
LATENCY = 250
"""So many users, two at a time, each after so many milliseconds: five seconds."""

RENEWED = re.compile(r"\r(?!\n)")
"""A carriage return that goes back in a line. One at the end of a line is how a terminal ends it."""

PROGRESS = rf"xci_config: \d+ of {USERS} done, [\d.]+/s, \d+ s left"

worker_only = pytest.mark.parametrize("way", ["worker"])


def play(first: int) -> list[dict[str, Any]]:
    """A play that creates users who have the numbers from *first* on."""
    common = {"entity": "accueil@xivo-nord", "template": TEMPLATE, "last_name": "Martin"}
    users = [{**common, "first_name": f"Lou {n}", "internal_number": str(n)} for n in range(first, first + USERS)]
    apply = {"name": "Apply", "xivo.xci.xci_config": {"users": users, "parallelism": 2}}
    return [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [apply]}]


class Job:
    """A job of ansible-runner: the command that works on a folder, and what it leaves in its artifacts."""

    def __init__(self, server: Site, folder: Path, first: int, steps: Sequence[str]) -> None:
        """*steps* are the commands that hand the job on; ``{}`` in them becomes its folder, with a slash.

        The first argument of the last one is the folder where the artifacts will be.
        """
        self.name = " | ".join(step.split()[0] for step in steps)
        self._artifacts = folder / steps[-1].split()[1].format("") / "artifacts" / "long"
        self._folder = folder
        self._environment = environment(server, folder)
        for name in ("project", "inventory", "env"):
            (folder / "job" / name).mkdir(parents=True)
        (folder / "job" / "project" / "play.yml").write_text(json.dumps(play(first)), encoding="utf-8")
        (folder / "job" / "inventory" / "hosts").write_text("localhost\n", encoding="utf-8")
        # As AWX gives a job its credential, the collection and no more.
        needed = {name: value for name, value in self._environment.items() if name.startswith(("XCI_", "ANSIBLE_"))}
        (folder / "job" / "env" / "envvars").write_text(json.dumps(needed), encoding="utf-8")
        runner = f"{shlex.quote(sys.executable)} -m ansible_runner"
        self._command = " | ".join(f"{runner} {step.format(shlex.quote(f'{folder}/'))}" for step in steps)

    def start(self) -> None:
        self._began = time.monotonic()
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def ends(self) -> bool:
        """Wait for its end, and say whether it came; a job that does not end in time is stopped."""
        try:
            self._process.wait(max(0.0, self._began + LIMIT - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.stop()
            return False
        return True

    def stop(self) -> None:
        """Stop what still runs of it."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                os.killpg(self._process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)

    @property
    def output(self) -> str:
        """What was shown and what is kept of that; line ends as they were."""
        files = [self._folder / "output", *self._artifacts.glob("stdout")]
        return "\n".join(file.read_bytes().decode() for file in files)

    @property
    def code(self) -> int:
        return int((self._artifacts / "rc").read_text())

    @property
    def events(self) -> list[dict[str, Any]]:
        """An event of which nothing was shown may have no stdout."""
        files = self._artifacts.glob("job_events/*.json")
        return [{"stdout": "", **json.loads(file.read_text())} for file in files]


@pytest.fixture
def jobs(site: Callable[..., Site], tmp_path: Path) -> Iterator[list[Job]]:
    """The two ways to run a job, running."""
    server = site(latency=LATENCY)
    ways = {
        "direct": ["run {}job -p play.yml --ident long"],
        "handed": [
            "transmit {}job -p play.yml --ident long",
            "worker --private-data-dir {}work",
            "process {}back --ident long",
        ],
    }
    made = [Job(server, tmp_path / name, 1100 + 100 * number, ways[name]) for number, name in enumerate(ways)]
    for job in made:
        job.start()
    yield made
    for job in made:
        job.stop()


@pytest.mark.slow
@worker_only
def test_a_long_apply_under_ansible_runner_shows_a_whole_line_now_and_then(jobs: list[Job]) -> None:
    hung = {job.name: job.output for job in jobs if not job.ends()}
    assert not hung, f"did not end in {LIMIT} s: {', '.join(hung)}"
    for job in jobs:
        output = f"{job.name}:\n{job.output}"
        texts = [job.output, *(event["stdout"] for event in job.events)]
        assert job.code == 0, f"failed: {output}"
        assert not any(RENEWED.search(text) for text in texts), f"a carriage return in a line: {output}"
        assert not any("[WARNING]" in text or "[DEPRECATION" in text for text in texts), f"a warning: {output}"
        shown = [event["stdout"] for event in job.events if f" of {USERS} done" in event["stdout"]]
        assert 1 <= len(shown) <= 3, f"{len(shown)} lines of progress: {output}"
        assert all(re.fullmatch(PROGRESS, line) for line in shown), shown
        (stats,) = [event["event_data"] for event in job.events if event["event"] == "playbook_on_stats"]
        assert (stats["changed"], stats["failures"]) == ({"localhost": 1}, {})


def screen(output: str) -> list[str]:
    """Return the lines that a terminal shows in the end."""
    lines = []
    for line in output.replace("\r\n", "\n").split("\n"):
        seen = ""
        for part in line.split("\r"):
            seen = part + seen[len(part) :]
        lines.append(seen.rstrip())
    return lines


@pytest.mark.slow
@worker_only
def test_a_terminal_shows_one_line_that_renews_itself(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site(latency=LATENCY)
    (tmp_path / "play.yml").write_text(json.dumps(play(1100)), encoding="utf-8")
    printed, code = pexpect.run(
        "ansible-playbook -i localhost, play.yml",
        timeout=LIMIT,
        withexitstatus=True,
        cwd=str(tmp_path),
        env=environment(server, tmp_path),
    )
    output = printed.decode()
    assert code == 0, f"failed: {output}"
    assert len(re.findall(rf"\r{PROGRESS}", output)) >= 3, f"not renewed: {output}"
    assert "[WARNING]" not in output, f"a warning: {output}"
    left = screen(output)
    assert not any(f"of {USERS} done" in line for line in left), f"not cleared: {output}"
    assert "changed: [localhost]" in left, output


@pytest.mark.slow
@worker_only
def test_a_host_that_waits_for_another_one_says_so(site: Callable[..., Site], tmp_path: Path) -> None:
    """Both create in one entity, of which one host at a time does."""
    server = site(latency=LATENCY)
    number = "1{{ 1 if inventory_hostname == 'first' else 2 }}"
    common = {"entity": "accueil@xivo-nord", "template": TEMPLATE, "last_name": "{{ inventory_hostname }}"}
    users = [{**common, "internal_number": f"{number}{count}"} for count in range(10, 30)]
    apply = {"xivo.xci.xci_config": {"users": users, "parallelism": 1}}
    (tmp_path / "play.yml").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [apply]}]))
    done = subprocess.run(
        ["ansible-playbook", "-c", "local", "-i", "first,second,", "play.yml"],
        cwd=tmp_path, env=environment(server, tmp_path), capture_output=True, text=True, timeout=LIMIT, check=True,
    )  # fmt: skip
    waiting = "xci_config: waiting for another task of this run, which creates as well: user accueil@xivo-nord"
    assert done.stdout.count(waiting) == 1, done.stdout
    assert len(server.users()) == 41
