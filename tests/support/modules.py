# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module gets when it is run in this process, without Ansible."""

from __future__ import annotations

from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES


def defaults(module: str) -> dict[str, Any]:
    """Return all options of a module as Ansible passes them where none is given: ``{"timeout": None, "state": ..}``."""
    return {name: spec.get("default") for name, spec in MODULES[module].argument_spec(lambda: None).items()}
