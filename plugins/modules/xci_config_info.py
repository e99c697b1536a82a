#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_config_info

short_description: Export XCI as a document

version_added: 1.0.0

description:
  - Returns everything on XCI, or a part of it, as a document for M(xivo.xci.xci_config).
  - It contains no ids, so that it can be kept in a repository and applied to another XCI.
  - The order is stable. A second export of the same state gives the same document.
  - It changes nothing.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  kinds:
    description:
      - The parts of the document to return.
      - Without V(users), the users are not read, which saves one request per entity.
    type: list
    elements: str
    choices:
      - xivos
      - entities
      - templates
      - users
      - admins
    default:
      - xivos
      - entities
      - templates
      - users
      - admins
  xivo:
    description:
      - Only what belongs to this XiVO, by name, uuid or id. This includes line templates and administrators that refer
        to it or to one of its entities.
    type: str
  entity:
    description:
      - Only what belongs to this entity, written as C(name@xivo-name), as its combinedId, or as its name alone if
        no other XiVO has an entity of that name.
    type: str
  default_template:
    description:
      - The line template, by name or id, to set for all users, because XCI does not show with which one a user was
        created.
      - Without it, the users of the document have no C(template), and creating them elsewhere requires
        O(xivo.xci.xci_config#module:default_template).
    type: str
  rename:
    description:
      - XiVOs to give other names in the document, as pairs such as V(test-xivo=prod-xivo). The entry of a renamed XiVO
        has its name alone.
    type: list
    elements: str
    default: []
  parallelism:
    description:
      - The maximum number of lists of users to read at the same time, V(1) to V(64).
    type: int
    default: 8

seealso:
  - module: xivo.xci.xci_config
  - module: xivo.xci.xci_entity_info
  - module: xivo.xci.xci_user_info
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - The document includes empty values, so that applying it clears them again.
  - Passwords can't be read back. RV(left_out) lists what is missing.
  - An administrator who is not a super-administrator sees only what belongs to their own entities.
  - In check mode, the result includes the changes that earlier tasks planned.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Export everything
  xivo.xci.xci_config_info:
    default_template: Modèle standard
  register: xci

- name: Save the document
  ansible.builtin.copy:
    content: "{{ xci.config | to_nice_yaml(sort_keys=false) }}"
    dest: "{{ playbook_dir }}/xci.yml"
    mode: "0600"
  delegate_to: localhost

- name: Show what has to be added by hand
  ansible.builtin.debug:
    msg: "XCI does not show {{ xci.left_out | join(', ') }}"

- name: Export the entities and users of one XiVO
  xivo.xci.xci_config_info:
    xivo: xivo-nord
    kinds: [entities, users]
  register: nord

- name: Show what has changed since then
  xivo.xci.xci_config:
    entities: "{{ nord.config.entities }}"
    users: "{{ nord.config.users }}"
  check_mode: true
  diff: true
"""

RETURN = r"""
config:
  description:
    - The document, with a list for each of O(kinds). An item has the options of the module of its kind, without what
      only XCI can set.
  type: dict
  returned: success
  contains:
    xivos:
      description: The XiVOs, as options of M(xivo.xci.xci_xivo).
      type: list
      elements: dict
      sample:
        - {"name": "xivo-nord", "host": "192.0.2.10"}
    entities:
      description: The entities, as options of M(xivo.xci.xci_entity).
      type: list
      elements: dict
      sample:
        - name: urgences
          xivo: xivo-nord
          display_name: Accueil des urgences
          intervals:
            - {"start": "2000", "end": "2999"}
          presented_number: inbNo
    templates:
      description: The line templates, as options of M(xivo.xci.xci_template).
      type: list
      elements: dict
      sample:
        - name: Modèle standard
          xivos: [xivo-nord]
          peer_sip_name: auto
          ringing_time: 30
          routed_inbound: false
          caller_id_mode: incomingNo
          voice_mail_enabled: false
          voice_mail_number_mode: short_number
    users:
      description: The users, as options of M(xivo.xci.xci_user).
      type: list
      elements: dict
      sample:
        - entity: urgences@xivo-nord
          template: Modèle standard
          first_name: Camille
          last_name: Durand
          internal_number: "2050"
          cti_login: cdurand
    admins:
      description: The administrators, as options of M(xivo.xci.xci_admin).
      type: list
      elements: dict
      sample:
        - {"login": "nord", "name": "Gérard Hébert", "ldap": false, "entities": ["urgences@xivo-nord"]}
left_out:
  description:
    - The options that XCI does not show and that are missing in the document, such as V(admins.password).
  type: list
  elements: str
  returned: success
  sample: ["users.cti_password", "admins.password"]
not_shown:
  description:
    - The lists that XCI does not show to this administrator, who may not manage administrators for example. They are
      missing in the document, and there is a warning.
  type: list
  elements: str
  returned: success
  sample: ["admins"]
xivo:
  description:
    - The name of the XiVO that was asked for, as it is in the document.
  type: str
  returned: success, if O(xivo) is given
  sample: xivo-nord
xivos:
  description:
    - The names of all XiVOs, also of those that are not part of the document.
  type: list
  elements: str
  returned: success, if O(xivo) is given
  sample: ["xivo-nord", "xivo-sud"]
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 7, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.export import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
