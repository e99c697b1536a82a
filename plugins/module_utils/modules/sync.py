# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets XCI bring the configuration files of all XiVOs up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.errors import AmbiguousResult
from .context import Context
from .spec import ModuleSpec

PATH = "/xivo/synchronize_config_files"


def synchronize(_options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Ask XCI once; nothing shows whether that was needed, so that it always counts as a change."""
    if context.check:
        return {"changed": True, "skipped": True, "msg": "check mode: XCI was not asked to synchronise the XiVOs"}
    try:
        # A GET that acts: as a write it is never sent again blindly.
        context.client.write("GET", PATH)
    except AmbiguousResult as lost:
        raise AmbiguousResult(
            f"XCI's answer was lost ({lost}), and it is not known whether it synchronised the configuration files of "
            "the XiVOs. It was not asked twice; run again when XCI answers, or raise timeout if it needs longer",
            lost.finished,
        ) from None
    return {"changed": True}


MODULE = ModuleSpec({}, synchronize)
