# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module by its name: its options, and what it does. Both ways of running look here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable

from ..api.errors import XciError
from ..api.settings import CONNECTION, variable_of
from ..model.resources import RESOURCES
from . import config, export, info
from .context import Context
from .present import present
from .sync import synchronize


@dataclass(frozen=True)
class ModuleSpec:
    """One module: its options, and what it does with them."""

    options: Mapping[str, Any]
    run: Callable[[Mapping[str, Any], Context], dict[str, Any]]

    def argument_spec(self, fallback: Callable[..., Any]) -> dict[str, Any]:
        """Return the whole argument spec; *fallback* is Ansible's env_fallback."""
        connection = {name: {**spec, "fallback": (fallback, [variable_of(name)])} for name, spec in CONNECTION.items()}
        return {**connection, **self.options}

    def __call__(self, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Run and return the result, failed or not: ``changed``, what the module returns, ``calls``."""
        start = context.client.counted()
        try:
            result = self.run(options, context)
        except XciError as error:
            result = {"failed": True, **error.result()}
        calls = {method: count - start[method] for method, count in context.client.counted().items()}
        return {**result, "calls": calls}


MODULES: dict[str, ModuleSpec] = {
    **{f"xci_{one.kind}": ModuleSpec(one.argument_spec(), partial(present, one)) for one in RESOURCES.values()},
    **{
        f"xci_{kind}_info": ModuleSpec(info.argument_spec(one), partial(info.show, one))
        for kind, one in RESOURCES.items()
    },
    "xci_config": ModuleSpec(config.OPTIONS, config.configure),
    "xci_config_info": ModuleSpec(export.OPTIONS, export.export),
    "xci_sync": ModuleSpec({}, synchronize),
}

SECRETS = {"xci_password", *(one.name for resource in RESOURCES.values() for one in resource.secrets)}
CONTAIN_SECRETS = {resource.plural for resource in RESOURCES.values() if resource.secrets}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def without_secrets(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return options as they may be shown, however deep a secret is, and with its name misspelt."""
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
    # Where a mapping should be, whatever else is there may be a password; and so may a part of a URL.
    misplaced = name in CONTAIN_SECRETS or (name == "xci_url" and "@" in str(value))
    return HIDDEN if misplaced else value
