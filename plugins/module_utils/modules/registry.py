# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module by its name: its options, and what it does with them. The modules and the worker both look here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable

from ..api.errors import XciError
from ..model.fields import Resource
from ..model.resources import RESOURCES
from . import config, info
from .context import CONNECTION, VARIABLES, Task
from .present import manage
from .sync import synchronize


@dataclass(frozen=True)
class Verb:
    """One module: its options, and what it does with them."""

    options: Mapping[str, Any]
    run: Callable[[Mapping[str, Any], Task], dict[str, Any]]

    def argument_spec(self, fallback: Callable[..., Any]) -> dict[str, Any]:
        """Return the whole argument spec; *fallback* is Ansible's env_fallback."""
        connection = {name: {**spec, "fallback": (fallback, [VARIABLES[name]])} for name, spec in CONNECTION.items()}
        return {**connection, **self.options}

    def __call__(self, options: Mapping[str, Any], task: Task) -> dict[str, Any]:
        """Run and return the result, failed or not: ``changed``, what the module returns, ``calls``."""
        start = task.client.counted()
        try:
            result = self.run(options, task)
        except XciError as error:
            result = {"failed": True, **error.result()}
        calls = {method: count - start[method] for method, count in task.client.counted().items()}
        return {**result, "calls": calls}


SECRETS = {"xci_password", *(one.name for resource in RESOURCES.values() for one in resource.secrets)}
HOLD_SECRETS = {resource.plural for resource in RESOURCES.values() if resource.secrets}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def without_secrets(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return options as they may be shown, however deep a secret lies, and with its name misspelt."""
    return {name: _visible(name, value) for name, value in options.items()}


def _visible(name: Any, value: Any) -> Any:
    if value is None:
        return None
    if name in SECRETS or ("pass" in str(name).lower() and name != "update_password"):
        return HIDDEN
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, (list, tuple)):
        return [_visible(name, one) for one in value]
    # Where a mapping should stand, whatever else stands there may be a password; and so may a part of a URL.
    misplaced = name in HOLD_SECRETS or (name == "xci_url" and "@" in str(value))
    return HIDDEN if misplaced else value


def _manager(resource: Resource) -> Verb:
    return Verb(resource.argument_spec(), partial(manage, resource))


def _informer(resource: Resource) -> Verb:
    return Verb(info.argument_spec(resource), partial(info.show, resource))


VERBS: dict[str, Verb] = {
    **{f"xci_{kind}": _manager(resource) for kind, resource in RESOURCES.items()},
    **{f"xci_{kind}_info": _informer(resource) for kind, resource in RESOURCES.items()},
    "xci_config": Verb(config.OPTIONS, config.configure),
    "xci_config_info": Verb(config.INFO_OPTIONS, config.export),
    "xci_sync": Verb({}, synchronize),
}
