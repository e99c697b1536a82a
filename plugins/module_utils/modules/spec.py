# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module is: its options, and what it does with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ..api.errors import XciError
from ..api.settings import CONNECTION, variable_of
from ..model.resources import RESOURCES
from .context import Context


@dataclass(frozen=True)
class ModuleSpec:
    """One module: its options, and what it does with them."""

    options: Mapping[str, Any]
    run: Callable[[Mapping[str, Any], Context], dict[str, Any]]

    def argument_spec(self, fallback: Callable[..., Any]) -> dict[str, Any]:
        """Return the whole argument spec; *fallback* returns an environment variable."""
        connection = {name: {**spec, "fallback": (fallback, [variable_of(name)])} for name, spec in CONNECTION.items()}
        return {**connection, **self.options}

    def top_level(self, fallback: Callable[..., Any] | None) -> dict[str, Any]:
        """Return the argument spec without what is inside of the entries of a document, of which there may be many."""
        spec = self.argument_spec(fallback) if fallback else {**CONNECTION, **self.options}
        lists = {resource.plural for resource in RESOURCES.values()}
        return {
            name: {key: value for key, value in argument.items() if key != "options" or name not in lists}
            for name, argument in spec.items()
        }

    def __call__(self, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Run and return the result, failed or not: ``changed``, what the module returns, ``calls``."""
        start = context.client.counted()
        try:
            result = self.run(options, context)
        except XciError as error:
            result = {"failed": True, **error.result()}
        context.warnings += context.state.unreadable()
        calls = {method: count - start[method] for method, count in context.client.counted().items()}
        return {**result, "calls": calls}
