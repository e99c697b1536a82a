# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappings from files of their own, such as reserved ranges, in which telephone numbers need no quotes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.plugin_utils.yaml_files import read_yaml

TEXTS: dict[str, Any] = {"type": "str"}
QUOTED: dict[str, Any] = {
    "numbering": {
        "type": "dict",
        "options": {"reserved": {"type": "list", "elements": "dict", "options": {"start": TEXTS, "end": TEXTS}}},
    }
}
"""Where text is meant in the option, as an argument spec."""


def read_mapping(path: str, content: Callable[[str], bytes], decrypt: Callable[[str], str]) -> Any:
    """Return what a YAML file says; raise InputError where it can't be read."""
    shown = os.path.relpath(path)
    try:
        text = content(path).decode("utf-8-sig")
        return read_yaml(text, shown, decrypt)[0] or {}
    except UnicodeDecodeError:
        raise InputError(Problem("not valid UTF-8", place=shown)) from None
    except InputError as error:
        raise InputError(*(one.at(place=one.place or shown) for one in error.problems)) from None
