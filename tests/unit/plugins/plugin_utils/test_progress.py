# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of long work, when, and which way it takes to the screen."""

from __future__ import annotations

import io
import itertools
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.plugin_utils.progress import Progress, is_terminal, sender


class Output(io.StringIO):
    """An output that is a terminal or is none."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Work:
    """Long work that writes one object of a hundred in each second, and what is shown of it."""

    def __init__(self, in_terminal: bool) -> None:
        self.now = 1000.0
        self.shown: list[tuple[str, bool]] = []
        self.progress = Progress("xci_config", self._show, in_terminal, lambda: self.now)

    def _show(self, text: str, newline: bool) -> None:
        self.shown.append((text, newline))

    def go_on(self, seconds: float, total: int = 100) -> None:
        """Let time pass; the progress is called twice a second."""
        begin = self.now
        for step in range(1, int(seconds * 2) + 1):
            self.now = begin + step / 2
            self.progress(int(self.now - 1000), total)


@pytest.mark.parametrize(
    ("terminal", "callback", "expected"),
    [
        (True, "default", True),
        (True, "ansible.posix.debug", True),
        (True, "awx_display", False),
        (False, "default", False),
        (False, "awx_display", False),
    ],
)
def test_a_line_is_renewed_only_where_a_person_sees_it(terminal: bool, callback: str, expected: bool) -> None:
    assert is_terminal(Output(terminal), callback) is expected


@pytest.mark.parametrize("in_terminal", [True, False])
def test_nothing_is_shown_of_short_work(in_terminal: bool) -> None:
    work = Work(in_terminal)
    work.go_on(2.5)
    work.progress.end()
    assert work.shown == []


def test_outside_of_a_terminal_there_is_a_whole_line_in_15_seconds_at_first() -> None:
    work = Work(in_terminal=False)
    work.go_on(40)
    work.progress.end()
    assert work.shown == [
        ("xci_config: 3 of 100 done, 1.0/s, 1 min 37 s left", True),
        ("xci_config: 18 of 100 done, 1.0/s, 1 min 22 s left", True),
        ("xci_config: 33 of 100 done, 1.0/s, 1 min 7 s left", True),
    ]


@pytest.mark.parametrize(("hours", "most"), [(1, 14), (24, 22)])
def test_outside_of_a_terminal_long_work_has_few_lines(hours: int, most: int) -> None:
    work = Work(in_terminal=False)
    times = []
    for second in range(hours * 3600):
        work.now = 1000.0 + second
        shown = len(work.shown)
        work.progress(second, 1_000_000)
        times += [second] * (len(work.shown) - shown)
    assert times[:6] == [3, 18, 33, 50, 75, 113]
    # A person does not wait for the next one longer than for half of the time until now.
    assert all(later - sooner <= max(15, sooner / 2 + 1) for sooner, later in itertools.pairwise(times))
    assert len(times) == most
    assert sum(len(text) + 1 for text, _newline in work.shown) < 100 * most


def test_in_a_terminal_the_line_is_renewed_and_cleared_at_the_end() -> None:
    work = Work(in_terminal=True)
    work.go_on(4)
    first = "\rxci_config: 3 of 100 done, 1.0/s, 1 min 37 s left"
    assert work.shown == [
        (first, False),
        ("\rxci_config: 3 of 100 done, 0.9/s, 1 min 53 s left", False),
        ("\rxci_config: 4 of 100 done, 1.0/s, 1 min 36 s left", False),
    ]
    work.progress.end()
    assert work.shown[-1] == ("\r" + " " * (len(first) - 1) + "\r", False)


def test_a_shorter_line_covers_a_longer_one() -> None:
    work = Work(in_terminal=True)
    work.go_on(3)
    work.go_on(0.5, total=10)
    long, short = (line for line, _newline in work.shown)
    assert short.rstrip() == "\rxci_config: 3 of 10 done, 0.9/s, 8 s left"
    assert len(short) == len(long)


@pytest.mark.parametrize(
    ("done", "text"),
    [(0, "0 of 500 done"), (1, "1 of 500 done, 0.2/s, 41 min 35 s left"), (200, "200 of 500 done, 40/s, 8 s left")],
)
def test_a_rate_is_shown_once_there_is_one(done: int, text: str) -> None:
    work = Work(in_terminal=False)
    work.now += 5
    work.progress(done, 500)
    assert work.shown == [(f"xci_config: {text}", True)]


class Display:
    """Ansible's Display as ansible-runner leaves it: whoever calls its method in a worker may wait for ever."""

    def __init__(self, in_worker: bool) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._final_q = self if in_worker else None

    def display(self, text: str, **options: Any) -> None:
        assert not self._final_q
        self.calls.append((text, options))

    def send_display(self, method: str, text: str, **options: Any) -> None:
        assert method == "display"
        self.calls.append((text, options))


@pytest.mark.parametrize("in_worker", [True, False])
def test_a_worker_sends_its_text_through_its_queue(in_worker: bool) -> None:
    display = Display(in_worker)
    sender(display)("so far", True)
    assert display.calls == [("so far", {"screen_only": True, "newline": True})]
