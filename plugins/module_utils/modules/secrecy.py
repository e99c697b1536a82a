# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a module's options are secrets: what may be shown of them, and what Ansible is asked to mask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Callable

from ..api.arguments import HIDDEN
from ..model.resources import RESOURCES
from ..model.suggestion import suggestion

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # before ansible-core 2.22
    register_secrets: Callable[[Iterable[str]], None] | None = None  # type: ignore[no-redef]

SHORTEST = 6
"""How long a secret must be to be masked in all output; a shorter one may be a part of any word."""
SECRETS = {"xci_password", "with_password", *(one.name for resource in RESOURCES.values() for one in resource.secrets)}
ADDRESSES = ("xci_url", "with_url")
CONTAIN_SECRETS = {resource.plural for resource in RESOURCES.values() if resource.secrets}


def without_secrets(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return options as they may be shown, however deep a secret is, and with its name misspelt."""
    return {name: _visible(name, value) for name, value in options.items()}


@lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    """Return whether an option of that name may be a secret; one that does not exist may be a misspelt one."""
    if name in SECRETS:
        return True
    is_known = any(name in resource.option_names for resource in RESOURCES.values())
    return not is_known and ("pass" in name.lower() or bool(suggestion(name, SECRETS)))


def _visible(name: Any, value: Any) -> Any:
    if value is None:
        return None
    if _is_secret(str(name)):
        return HIDDEN
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, (list, tuple)):
        return [_visible(name, one) for one in value]
    # Where a mapping should be, whatever else is there may be a password; and so may a part of a URL.
    misplaced = name in CONTAIN_SECRETS or (name in ADDRESSES and "@" in str(value))
    return HIDDEN if misplaced else value


def mask(options: Mapping[Any, Any]) -> None:
    """Let Ansible mask the secrets of some options in all its output, where it can do that (ansible-core 2.22).

    It masks each occurrence of a text. So a password that is short or a number, or equals something else that the
    options say, is left to us: it would hide words, telephone numbers and names, and show what it is by what it hides.
    """
    if register_secrets is not None:
        texts = list(_texts("", options))
        shown = {text for secret, text in texts if not secret}
        register_secrets({text for secret, text in texts if secret and len(text) >= SHORTEST} - shown)


def mask_session(values: Iterable[str]) -> None:
    """Let Ansible mask what opens a session of XCI."""
    if register_secrets is not None:
        register_secrets(values)


def _texts(name: Any, value: Any) -> Iterator[tuple[bool, str]]:
    """Yield the texts in some options, each with whether it is a secret; one of digits counts as shown."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key, one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(name, one)
    elif value is not None and not isinstance(value, bool):
        yield _is_secret(str(name)) and not str(value).isdigit(), str(value)
