# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports the action plugin as soon as Ansible looks for one in this folder, which it does before it forks its workers.

meta/runtime.yml routes the modules to it; that alone is looked at in each worker, which would import all of it again.
"""

from __future__ import annotations

from . import xci_config

__all__ = ["xci_config"]
