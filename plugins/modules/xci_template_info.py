#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_template_info

short_description: Show line templates

version_added: 1.0.0

description:
  - Shows the line templates, which contain the settings for a user's telephone line. All of them, or those that match
    the options.
  - It changes nothing. Each item can be used as the options of M(xivo.xci.xci_template).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  name:
    description:
      - Only templates with this name. XCI can have several.
    type: str
  id:
    description:
      - Only the template with this id on XCI.
    type: int
  xivo:
    description:
      - Only templates that name this XiVO, given by name, uuid or id.
    type: str
  entity:
    description:
      - Only templates that name this entity. It is written as C(name@xivo-name), as its combinedId, or as its name
        alone if no other XiVO has an entity of that name.
    type: str

seealso:
  - module: xivo.xci.xci_template
  - module: xivo.xci.xci_user
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - If nothing is found, the list is empty; that is not an error. A reference to something that does not exist on XCI,
    such as an unknown entity, is an error.
  - In check mode, the result includes the changes that earlier tasks planned. If the tasks do not run on a local
    connection, a module can't see what others planned. An unknown reference then gives a warning and an empty list.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Show all templates
  xivo.xci.xci_template_info:

- name: Show the templates for an entity
  xivo.xci.xci_template_info:
    entity: urgences@xivo-nord
  register: found

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ found.templates | map(attribute='name') | join(', ') }}"

- name: Show one template
  xivo.xci.xci_template_info:
    name: Modèle standard
  register: standard

- name: Create another template for the same entities
  xivo.xci.xci_template:
    name: Modèle court
    ringing_time: 10
    xivos: "{{ standard.templates[0].xivos }}"
    entities: "{{ standard.templates[0].entities }}"
"""

RETURN = r"""
templates:
  description:
    - The templates, sorted by name, with the names of the options of M(xivo.xci.xci_template).
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The name of the template.
      type: str
      sample: Modèle standard
    xivos:
      description: The XiVOs that can use it, in alphabetical order.
      type: list
      elements: str
      sample: [xivo-nord, xivo-sud]
    entities:
      description: The entities that can use it, in alphabetical order.
      type: list
      elements: str
      sample: [urgences@xivo-nord]
    peer_sip_name:
      description: How the SIP peer of a line gets its name.
      type: str
      sample: auto
    ringing_time:
      description: After how many seconds an incoming call is rejected.
      type: int
      sample: 30
    routed_inbound:
      description: Whether the telephone can be called from outside.
      type: bool
      sample: true
    routed_inbound_prefix:
      description: The SDA prefix. Empty if it does not apply.
      type: str
      sample: "0155"
    caller_id_mode:
      description: Which number is shown on outgoing calls.
      type: str
      sample: custom
    custom_caller_id:
      description: The number shown on outgoing calls. Empty if it does not apply.
      type: str
      sample: "0155001000"
    voice_mail_enabled:
      description: Whether a user gets a voice mail.
      type: bool
      sample: true
    voice_mail_number_mode:
      description: Which number calls the voice mail.
      type: str
      sample: short_number
    voice_mail_custom_number:
      description: The number that calls the voice mail. Empty if it does not apply.
      type: str
      sample: ""
    voice_mail_send_email:
      description: Whether a new message in the voice mail is announced by email.
      type: bool
      sample: false
    id:
      description: Its id on XCI. V(null) in check mode for one that would be created.
      type: int
      sample: 1
not_shown:
  description:
    - V([templates]) if XCI does not show the list to this administrator, with a warning. Then the list above is empty
      although nothing is known of the templates. Otherwise V([]).
  type: list
  elements: str
  returned: success
  sample: []
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 3, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.info import info_module


def main() -> None:
    run_module(info_module("template"))


if __name__ == "__main__":
    main()
