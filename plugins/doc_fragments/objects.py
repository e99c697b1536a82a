# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every module that manages one object."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(xivo.xci.objects)."""

    DOCUMENTATION = r"""
options:
  id:
    description:
      - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
      - With O(id), the options that otherwise identify the object become ordinary values to set. Use it to rename an
        object.
      - An O(id) that is not found is an error with O(state=present). No object is created with it.
    type: int
  state:
    description:
      - With V(present), the object is created if it does not exist, and updated if it differs.
      - With V(absent), the object is deleted if it exists. The options that identify it are enough. If XCI refuses,
        because something else depends on the object, the task fails with XCI's message. If there is no such object, but
        one with nearly the same name, nothing is deleted, and there is a warning that names it.
      - What else the task says of an object that is to be deleted must be true, apart from case, accents and blanks.
        That holds for the names, numbers and logins of a user, for the name, the display name, the XiVO and the
        presented number of an entity, and for the name of an administrator. Otherwise nothing is deleted, and the task
        fails. Other options are ignored.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - An option that is omitted is left unchanged on XCI. An empty string or an empty list clears it. Any other value is
    set exactly. Lists are sets. Their order does not matter, and what is on XCI but not in the list is removed.
  - What the module returns can be used as its options. What only XCI can set is accepted for that, and ignored.
  - In check mode, a task can refer to what an earlier task would create. If the module can't see what earlier tasks
    planned, it assumes that one of them would create the object, and there is a warning.
"""
