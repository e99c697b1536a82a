# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Hypothesis: as many examples as a commit can wait for, and no verdict by the speed of the machine.

``HYPOTHESIS_PROFILE=thorough`` looks for longer, and at others each time.
"""

from __future__ import annotations

import os

from hypothesis import settings

from ansible_collections.xivo.xci.tests.support.examples import RANDOM, REPEATED

settings.register_profile("commit", REPEATED, max_examples=30)
settings.register_profile("thorough", RANDOM, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))
