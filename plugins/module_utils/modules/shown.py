# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XCI shows to the administrator of a run, who may manage some entities only; what it refuses is noted."""

from __future__ import annotations

from ..api.errors import ApiError, first_of
from ..model.fields import Resource
from ..model.resources import PEOPLE, RESOURCES
from ..state.accounts import own_accounts
from ..state.index import Item
from ..state.state import REFUSED, State


class Shown:
    """Reads lists. One that is refused is empty: *kinds* says of which kinds, *scopes* of which entities the users."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.kinds: list[str] = []
        self.scopes: list[str] = []

    def items(self, resource: Resource) -> list[Item]:
        """Return the objects of a kind; none where its list is not shown."""
        if resource.kind in self.kinds:
            return []
        try:
            found = self._state.items_in(resource, [None])
        except ApiError as error:
            _only_refused(error)
            found, hidden = [], True
        else:
            # Whoever logs in is an administrator.
            hidden = resource is PEOPLE.admins and not found
        if hidden:
            self.kinds.append(resource.kind)
        return found

    def items_in(self, resource: Resource, scopes: list[Item], parallelism: int = 8) -> list[Item]:
        """Return the objects of some scopes, without those of scopes whose list is not shown."""
        try:
            return self._state.items_in(resource, scopes, parallelism)
        except ApiError as error:
            _only_refused(error)
        return [item for scope in scopes for item in self._of(resource, scope)]

    def _of(self, resource: Resource, scope: Item) -> list[Item]:
        try:
            return list(self._state.listing(resource.kind, scope).items.values())
        except ApiError as error:
            _only_refused(error)
            self.scopes.append(self._state.label_of(RESOURCES[resource.scope], scope))
            return []

    @property
    def limited(self) -> bool:
        """Whether XCI shows a part only of XiVOs and entities: the administrator of the run is not super."""
        admins = PEOPLE.admins
        listed = self.items(admins)
        if admins.kind in self.kinds:
            return True
        own, certain = own_accounts(admins, self._state)
        accounts = [one for one in listed if one.values[admins.login_field] in own]
        return certain and not any(one.values[PEOPLE.manages_all] for one in accounts)

    @property
    def names(self) -> list[str]:
        """What is not shown, such as ``admins`` and ``users of accueil@xivo-nord``."""
        users = PEOPLE.users.plural
        return [RESOURCES[kind].plural for kind in self.kinds] + [f"{users} of {scope}" for scope in self.scopes]

    def warnings(self) -> list[str]:
        """Return a warning of all that is not shown, if there is any."""
        login = self._state.client.settings.login
        return [f"not shown to {login}, and left out: {first_of(self.names)}"] if self.names else []


def _only_refused(error: ApiError) -> None:
    if error.status not in REFUSED:
        raise error
