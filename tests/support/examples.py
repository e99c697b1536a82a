# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Examples that Hypothesis draws: in `make test` the same each time, so that a commit never fails by chance."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# Hypothesis also draws constants of the modules that the process has imported by then, which depends on the tests that
# it ran before. This collects none.
if hasattr(providers, "_get_local_constants"):
    providers._get_local_constants = lambda: providers._local_constants

REPEATED = settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
"""The same examples each time, and no verdict by the speed of the machine."""
RANDOM = settings(REPEATED, derandomize=False)
"""Others each time, where many are wanted."""
