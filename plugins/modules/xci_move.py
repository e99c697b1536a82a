#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_move

short_description: Move a person to another entity

version_added: 1.0.0

description:
  - Moves one user to another entity, also of another XiVO, and says what is lost.
  - A second run finds the user in the new entity and changes nothing. Someone named by V(number@entity) is only found
    again if the number was kept.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  who:
    description:
      - Who moves, by CTI login, as V(number@entity), or by id.
    type: str
    required: true
  to:
    description:
      - The entity to move to, written as C(name@xivo-name), as its combinedId, or as its name alone if no other XiVO
        has an entity of that name.
    type: str
    required: true
  number:
    description:
      - The number in the new entity. V(keep) keeps the present one, V(next) takes the first available one; anything
        else is the number itself.
      - If it is empty, the present number is kept where it is free, inside the intervals of the new entity, and not
        reserved. Otherwise the first available one is taken.
    type: str
    default: ""
  default_template:
    description:
      - The line template that goes along with each change of a user, which XCI needs and never shows. Without it,
        nothing is changed if users would be.
    type: str
  losses:
    description:
      - Whether changes that may replace what XCI never shows, such as line templates, are warned of, or refused before
        any write.
    type: str
    choices:
      - warn
      - refuse
    default: warn
  numbers:
    description:
      - Whether numbers outside of the intervals of their entity are warned of, refused, or accepted, as
        O(xivo.xci.xci_config#module:numbers).
    type: str
    choices:
      - warn
      - inside
      - any
    default: warn
  numbering:
    description:
      - Ranges of numbers that nobody gets without asking for them, as O(xivo.xci.xci_config#module:numbering).
    type: raw
  parallelism:
    description:
      - The maximum number of requests at the same time, 1 to 64.
    type: int
    default: 8
  undo_file:
    description:
      - A file for what is needed to bring back what the task changes, with O(xivo.xci.xci_config#module:undo). See
        O(xivo.xci.xci_config#module:undo_file).
    type: path

seealso:
  - module: xivo.xci.xci_config
  - module: xivo.xci.xci_user
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Move a person to another entity
  xivo.xci.xci_move:
    who: cdurand
    to: compta@xivo-nord
    default_template: Modèle standard

- name: Move the telephone 3000 to another site with a new number
  xivo.xci.xci_move:
    who: 3000@compta@xivo-nord
    to: accueil@xivo-sud
    number: next
    default_template: Modèle standard
"""

RETURN = r"""
moved:
  description:
    - Who was meant, where the user was and is, and whether that is another XiVO (C(elsewhere)).
  type: dict
  returned: success
  sample: {"label": "Camille Durand", "before": {"internal_number": "1001", "entity": "accueil@xivo-nord",
    "provisioning_number": "114133"}, "after": {"internal_number": "3000", "entity": "compta@xivo-nord",
    "provisioning_number": "114133"}, "elsewhere": false}
count:
  description:
    - V(1) if somebody moved, otherwise V(0).
  type: int
  returned: success
  sample: 1
plan:
  description:
    - The writes, in the order of the document, as in RV(xivo.xci.xci_config#module:plan). In check mode, those that are
      planned.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"action": "update", "kind": "user", "key": "1001@accueil@xivo-nord", "name": "Camille Durand", "changes":
    {"internal_number": {"before": "1001", "after": "1101"}}, "sends": {"template": "Modèle standard"}}]
summary:
  description:
    - How many objects of each kind are created, updated, deleted and left as they are.
  type: dict
  returned: success, and failure after planning
  sample: {"user": {"create": 0, "update": 1, "delete": 0, "unchanged": 0}}
losses:
  description:
    - What may be lost or replaced though nobody asked for that.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"kind": "user", "key": "1001@accueil@xivo-nord", "name": "Camille Durand", "option": "template", "why":
    "XCI does not show which one it is; the change sets 'Modèle standard' (default_template)"}]
errors:
  description:
    - What is wrong, or which writes failed, as in RV(xivo.xci.xci_config#module:errors).
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: []
not_tried:
  description:
    - The writes that were not tried after one failed.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: []
undo_file:
  description:
    - The file that was made for O(undo_file).
  type: str
  returned: if O(undo_file) is given, and something was written or may have been
  sample: /home/ansible/.local/state/xci/undo/20261126T063000000000Z.yml
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 5, "POST": 1, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.move import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
