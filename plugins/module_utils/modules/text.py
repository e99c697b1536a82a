# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diff as a person reads it: YAML, as in a playbook."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

AMBIGUOUS = re.compile(r"[-+]?([.]?[0-9][0-9.]*([eE][-+]?[0-9]+)?|0o[0-7]+)|[yYnN]")
"""Text that one version of YAML takes for a number or a flag, and another one for text: 0149, 1e3, 0o17, y."""


def as_text(sides: dict[str, Any]) -> dict[str, Any]:
    """Return a diff whose two sides are YAML; Ansible would show a mapping as JSON in ASCII."""
    from ansible.module_utils.common.yaml import HAS_YAML

    if not HAS_YAML:
        return sides
    return {**sides, **{side: _dump(sides[side]) if sides[side] else "" for side in ("before", "after")}}


def _dump(values: Any) -> str:
    import yaml

    return yaml.dump(values, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=1_000_000)


@cache
def _dumper() -> Any:
    from ansible.module_utils.common.yaml import SafeDumper

    class Dumper(SafeDumper):
        pass

    def represent(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, "'" if AMBIGUOUS.fullmatch(text) else None)

    Dumper.add_representer(str, represent)
    return Dumper
