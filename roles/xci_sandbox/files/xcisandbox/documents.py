# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a file that is JSON or YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def parsed(file: Path) -> Any:
    """Return what a file says; raise ValueError for what is neither JSON nor YAML.

    The sandbox itself needs no library; Ansible has the one for YAML.
    """
    text = file.read_text(encoding="utf-8-sig")
    try:
        return json.loads(text)
    except ValueError:
        return _yaml(file, text)


def _yaml(file: Path, text: str) -> Any:
    try:
        import yaml  # noqa: PLC0415 (a sandbox may run without it)
    except ImportError:
        raise ValueError(f"{file} is not JSON, and this Python can't read YAML") from None
    try:
        # The parser in C is ten times as fast.
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    except yaml.YAMLError as error:
        raise ValueError(f"{file} is neither JSON nor YAML: {error}") from None
