# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Hypothesis: as many examples as a commit can wait for, and no verdict by the speed of the machine.

``HYPOTHESIS_PROFILE=thorough`` looks for longer.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("commit", unhurried, max_examples=30)
settings.register_profile("thorough", unhurried, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))
