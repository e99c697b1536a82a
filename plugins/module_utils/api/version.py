# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the collection, where an ordinary module can see it; a test compares it with galaxy.yml."""

from __future__ import annotations

VERSION = "1.0.0-dev0"
