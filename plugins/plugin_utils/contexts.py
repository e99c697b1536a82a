# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How workers, lookups and inventories reach XCI, and what they share in a run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import CONNECTION, Settings, variable_of
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import (
    RunCreations,
    RunJournal,
    RunReservations,
    RunStore,
)
from ansible_collections.xivo.xci.plugins.plugin_utils.run_writes import RunRecent

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
ROUTE = (*_PROXIES, *(name.upper() for name in _PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The environment variables that say how XCI is reached."""


def route() -> tuple[str | None, ...]:
    """Return what says how XCI is reached."""
    return tuple(os.environ.get(name) for name in ROUTE)


def settings_of(option: Callable[[str], Any]) -> Settings:
    """Return the connection that the options of a plugin describe; *option* returns the value of one."""
    return Settings.from_options({name: plain(option(name)) for name in CONNECTION})


def start(settings: Settings, check: bool = False) -> Context:
    """Return a context that shares its session, and in check mode what was planned, with all workers of this run."""
    context = shared(Client(settings, RunStore.beside(settings, route())))
    context.check, context.warnings = check, [*settings.warnings()]
    return context


def shared(client: Client) -> Context:
    """Return a context that shares with all workers of this run what is planned, reserved, created and written."""
    state = State(client, RunReservations(client.settings), RunRecent(client.settings))
    creations = RunCreations(client.settings)
    return Context(client, state, journal=RunJournal.beside(client.settings), creations=creations)


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables while this worker, which does nothing else, runs the task."""
    if not variables:
        yield
        return
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def given_variables() -> Iterator[None]:
    """Hide the empty environment variables of the connection from Ansible, which would take them for values."""
    empty = {name: "" for name in map(variable_of, CONNECTION) if os.environ.get(name) == ""}
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(empty)
