# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets XCI bring the configuration files of all XiVOs up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.errors import Unclear
from .context import Task

PATH = "/xivo/synchronize_config_files"


def synchronize(_options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Ask XCI once; nothing shows whether that was needed, so that it always counts as a change."""
    if task.check:
        return {"changed": True, "skipped": True, "msg": "check mode: XCI was not asked to synchronise the XiVOs"}
    try:
        # A GET that acts: as a write it is never sent again blindly.
        task.client.write("GET", PATH)
    except Unclear as lost:
        raise Unclear(
            f"XCI's answer was lost ({lost}), and it is not known whether it synchronised the configuration files of "
            "the XiVOs. It was not asked twice; run again when XCI answers, or raise timeout if it needs longer",
            lost.settled,
        ) from None
    return {"changed": True}
