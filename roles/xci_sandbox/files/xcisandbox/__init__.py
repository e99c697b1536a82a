# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated XCI: real HTTP, real storage, latency and faults on demand. It needs the standard library only."""

from __future__ import annotations

from xcisandbox.server import Sandbox
from xcisandbox.settings import Settings

__all__ = ["Sandbox", "Settings"]
