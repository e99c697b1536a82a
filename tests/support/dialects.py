# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a sandbox can do otherwise than by itself."""

from __future__ import annotations

from xcisandbox.dialects import SWITCHES

FREE = {"cookie_name": "XCI_SID", "list_lag": "0.5", "users_seconds": "0.6", "synchronize_seconds": "1"}
"""A value for each dialect that has more than can be listed."""
VALUES = [
    (name, value)
    for name, values in SWITCHES.items()
    for value in (*values[1:], *([FREE[name]] if name in FREE else ()))
]
"""Each dialect with each value but the one that the sandbox has by itself."""
