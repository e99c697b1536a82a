# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of this name in the controller's worker where that can be."""

from __future__ import annotations

from ansible_collections.xivo.xci.plugins.plugin_utils.worker import ActionModule

__all__ = ["ActionModule"]
