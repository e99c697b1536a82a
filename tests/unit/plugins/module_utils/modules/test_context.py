# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module: which state it looks at, and what it plans for the runs that follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, UnknownReference
from ansible_collections.xivo.xci.plugins.module_utils.model.change import compare
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState, PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import WORLD, FakeClient

OPTIONS: dict[str, Any] = {
    "xci_url": "http://xci.example.org",
    "xci_login": "admin",
    "xci_password": "made-up",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 60.0,
    "retries": 3,
}


class Shared:
    """A journal that several runs share; each reads what the others added."""

    def __init__(self, kept: list[PlannedWrite]) -> None:
        self.kept = kept
        self.seen = 0
        self.cleared = 0

    def read(self) -> Iterable[PlannedWrite]:
        new, self.seen = self.kept[self.seen :], len(self.kept)
        return new

    def add(self, write: PlannedWrite) -> None:
        self.kept.append(write)
        self.seen = len(self.kept)

    def clear(self) -> None:
        self.cleared += 1


def context(**more: Any) -> Context:
    client: Any = FakeClient(WORLD)
    return Context(client, State(client), **more)


def planned(on: Context, name: str) -> PlannedWrite:
    operation = compare(RESOURCES["template"], {"name": name}, None)
    assert operation is not None
    state = on.current()
    assert isinstance(state, PlannedState)
    return state.plan(operation)


def test_a_real_run_looks_at_what_is_there() -> None:
    on = context(journal=Shared([]))
    assert on.current() is on.state


def test_check_mode_looks_at_what_is_planned() -> None:
    on = context(check=True, journal=Shared([]))
    planned(on, "door")
    assert on.current().resolve("template", "door").id < 0
    assert on.current() is on.current()
    with pytest.raises(UnknownReference):
        on.state.resolve("template", "door")


def test_what_one_run_keeps_the_next_one_sees() -> None:
    kept: list[PlannedWrite] = []
    first, second = (context(check=True, journal=Shared(kept)) for _run in range(2))
    first.keep(planned(first, "door"))
    assert second.current().resolve("template", "door").id == kept[0].id
    first.keep(planned(first, "gate"))
    assert second.current().resolve("template", "gate").id == kept[1].id


def test_with_a_journal_nothing_is_assumed() -> None:
    with pytest.raises(UnknownReference):
        context(check=True, journal=Shared([])).current().resolve("template", "door")


def test_without_a_journal_what_is_unknown_is_assumed_and_warned_of() -> None:
    on = context(check=True)
    on.keep(planned(on, "door"))
    on.current().resolve("template", "gate")
    on.warn_of_assumed(on.current())
    assert on.warnings == [
        "template 'gate' does not exist yet; check mode assumes that an earlier task would create it"
    ]


def test_what_was_written_for_real_ends_what_was_planned() -> None:
    journal = Shared([])
    on = context(check=True, journal=journal)
    planned(on, "door")
    on.forget_planned()
    assert journal.cleared == 1
    with pytest.raises(UnknownReference):
        on.current().resolve("template", "door")
    context().forget_planned()


def test_a_run_on_its_own() -> None:
    on = Context.start(OPTIONS, check=True, diff=True)
    assert (on.check, on.diff, on.journal, on.progress) == (True, True, None, None)
    assert on.client.settings.url == "http://xci.example.org/api/1.0"
    assert [str(one) for one in on.warnings] == [
        "xci_url http://xci.example.org/api/1.0 is plain http: the password of admin is sent unencrypted"
    ]
    assert on.place("users", 5) == "users[5]"
    assert (Context.start(OPTIONS).check, Context.start(OPTIONS).diff) == (False, False)
    with pytest.raises(InputError, match="missing required option: xci_login"):
        Context.start({**OPTIONS, "xci_login": ""})
