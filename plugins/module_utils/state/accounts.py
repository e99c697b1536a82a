# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of XCI's accounts may be the one that a run logs in as."""

from __future__ import annotations

from ..model.fields import Resource
from .state import State


def own_accounts(resource: Resource, state: State) -> tuple[set[str], bool]:
    """Return the logins of a list that may be the one that this run logs in as, and whether that is certain.

    Whether case counts is XCI's, or its LDAP server's, to say. XCI may list ``me`` for ``me@corp`` or ``CORP\\me``.
    """
    own = state.client.settings.login
    logins = {item.values[resource.login_field] for item in state.listing(resource.kind).items.values()}
    same = {login for login in logins if login.casefold() == own.casefold()}
    similar = {login for login in logins if _without_domain(login) == _without_domain(own)}
    # Renamed in this run, or hidden: it may be any of them.
    return same or similar or logins, bool(same)


def _without_domain(login: str) -> str:
    return login.rpartition("\\")[2].partition("@")[0].casefold()
