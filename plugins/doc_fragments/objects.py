# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that manage one object have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(xivo.xci.objects)."""

    DOCUMENTATION = r"""
options:
  id:
    description:
      - The number by which XCI knows the object, as this module and the corresponding C(_info) module return it.
      - With it, the options that otherwise say which object is meant become ordinary values to set. This is the way to
        rename something.
      - An O(id) that XCI does not know is an error with O(state=present). Nothing is created under it.
    type: int
  state:
    description:
      - With V(present), the object is created if it is not there, and changed if it differs.
      - With V(absent), it is removed if it is there. The options that say which object is meant are enough then. Where
        XCI refuses because something else depends on it, the task fails with what XCI says.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - An option that is left out leaves alone what is on XCI. An empty string or an empty list clears it. Any other
    value is set exactly. Lists are sets. Their order does not matter, and what is on XCI but not in the list is taken
    away.
  - What the module returns can be given back to it as options. What only XCI can set is accepted for that and passed
    over.
  - In check mode, a task can refer to what an earlier task would create. Where the module can't know of the earlier
    task, it assumes that there is one, and a warning says so.
"""
