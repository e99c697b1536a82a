#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_template

short_description: Manage line templates on XCI

version_added: 1.0.0

description:
  - Creates, updates, renames and deletes a line template, which contains the settings for a user's telephone line.
  - XCI requires a template to create a user. Whether an update of a template affects the users who were created with
    it is up to XCI.
  - XCI never shows which users use a template. If it is deleted, XCI may delete them, too, or refuse. So there is a
    warning.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules
  - xivo.xci.objects

options:
  name:
    description:
      - The name of the template. It identifies the template, unless O(id) does.
    type: str
  xivos:
    description:
      - The XiVOs that can use the template, each by name, uuid or id, as a complete set. V([]) removes all.
      - On creation, none if omitted.
    type: list
    elements: str
  entities:
    description:
      - The entities that can use the template, as a complete set. V([]) removes all.
      - Each is written as C(name@xivo-name), as its combinedId, or as its name alone if no other XiVO has an
        entity of that name.
      - On creation, none if omitted.
    type: list
    elements: str
  peer_sip_name:
    description:
      - How the SIP peer of a line gets its name, V(auto) or V(model).
      - On creation, V(auto) if omitted.
    type: str
  ringing_time:
    description:
      - After how many seconds an incoming call is rejected. There is a warning if it is not between 0 and 60.
      - On creation, 30 if omitted.
    type: int
  routed_inbound:
    description:
      - Whether the telephone can be called from outside.
      - On creation, V(false) if omitted.
    type: bool
  routed_inbound_prefix:
    description:
      - The direct inward dialling (SDA) prefix by which the telephone is called from outside.
      - Required with O(routed_inbound=true). Otherwise a value has no effect, and there is a warning if something is
        written.
    type: str
  caller_id_mode:
    description:
      - Which number is shown on outgoing calls. V(incomingNo) is the one with the SDA prefix, V(anonymous) is none, and
        V(custom) is O(custom_caller_id).
      - On creation, V(incomingNo) if omitted.
    type: str
  custom_caller_id:
    description:
      - The number shown on outgoing calls.
      - Required with O(caller_id_mode=custom). Otherwise a value has no effect, and there is a warning if something is
        written.
    type: str
  voice_mail_enabled:
    description:
      - Whether a user gets a voice mail.
      - On creation, V(false) if omitted.
    type: bool
  voice_mail_number_mode:
    description:
      - Which number calls the voice mail. V(short_number) is the usual short number, and V(custom) is
        O(voice_mail_custom_number).
      - On creation, V(short_number) if omitted.
    type: str
  voice_mail_custom_number:
    description:
      - The number that calls the voice mail.
      - Required with O(voice_mail_number_mode=custom). Otherwise a value has no effect, and there is a warning if
        something is written.
    type: str
  voice_mail_send_email:
    description:
      - Whether a new message in the voice mail is announced by email.
      - Only has an effect with O(voice_mail_enabled=true). Otherwise V(true) gives a warning if something is written.
      - On creation, V(false) if omitted.
    type: bool

seealso:
  - module: xivo.xci.xci_template_info
  - module: xivo.xci.xci_user
  - module: xivo.xci.xci_config
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - An option that depends on another one is kept only while it applies. For example, O(caller_id_mode=anonymous)
    clears O(custom_caller_id).
  - O(peer_sip_name), O(caller_id_mode) and O(voice_mail_number_mode) accept another word than those above only if the
    template has it on XCI already.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Create a template for internal telephones, for all entities of a XiVO
  xivo.xci.xci_template:
    name: Poste interne
    xivos:
      - xivo-nord
    caller_id_mode: anonymous
    ringing_time: 20
  register: internal

- name: Create a template for telephones that can be called from outside
  xivo.xci.xci_template:
    name: Poste médecin
    xivos:
      - xivo-nord
      - xivo-sud
    entities:
      - urgences
      - accueil@xivo-sud # xivo-nord has an accueil too
    routed_inbound: true
    routed_inbound_prefix: "0155"
    caller_id_mode: custom
    custom_caller_id: "0155001000"
    voice_mail_enabled: true
    voice_mail_send_email: true

- name: Change one option, and leave the others unchanged
  xivo.xci.xci_template:
    name: Poste médecin
    ringing_time: 45

- name: Show the incoming number on calls again, which clears the custom one
  xivo.xci.xci_template:
    name: Poste médecin
    caller_id_mode: incomingNo

- name: Make it available to the emergency unit only
  xivo.xci.xci_template:
    name: Poste médecin
    xivos: []
    entities:
      - urgences

- name: Rename a template by id
  xivo.xci.xci_template:
    id: "{{ internal.template.id }}"
    name: Poste interne sans numéro

- name: Delete it
  xivo.xci.xci_template:
    name: Poste interne sans numéro
    state: absent

- name: Create a template for each site
  xivo.xci.xci_template:
    name: "Accueil {{ item.site }}"
    xivos:
      - "{{ item.xivo }}"
    caller_id_mode: custom
    custom_caller_id: "{{ item.number }}"
  loop:
    - site: Nord
      xivo: xivo-nord
      number: "0155001000"
    - site: Sud
      xivo: xivo-sud
      number: "0491001000"
  loop_control:
    label: "{{ item.site }}"
"""

RETURN = r"""
template:
  description:
    - The template on XCI after the task, with the names of the options.
    - Empty with O(state=absent).
  type: dict
  returned: success
  contains:
    name:
      description: The name of the template.
      type: str
      sample: Modèle standard
    xivos:
      description: The names of the XiVOs that can use it, in alphabetical order.
      type: list
      elements: str
      sample: [xivo-nord, xivo-sud]
    entities:
      description: The entities that can use it, in alphabetical order.
      type: list
      elements: str
      sample: [accueil@xivo-sud, urgences@xivo-nord]
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
      description: Whether a new message is announced by email. V(false) if it does not apply.
      type: bool
      sample: true
    id:
      description: Its id on XCI. V(null) in check mode for one that would be created.
      type: int
      sample: 1
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 1, "POST": 1, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 400
diff:
  description:
    - The object before and after, with the names of the options. Both sides are YAML, as in a playbook.
    - If the module's Python has no PyYAML, both are dictionaries.
  type: dict
  returned: in diff mode
  contains:
    before:
      description: The template before the task, empty if it does not exist.
      type: str
      sample: |
        name: Modèle standard
        xivos:
        - xivo-nord
        peer_sip_name: auto
        ringing_time: 30
        routed_inbound: false
        caller_id_mode: incomingNo
        voice_mail_enabled: false
        voice_mail_number_mode: short_number
    after:
      description: The template after the task, empty if it is deleted.
      type: str
      sample: |
        name: Modèle standard
        xivos:
        - xivo-nord
        peer_sip_name: auto
        ringing_time: 45
        routed_inbound: false
        caller_id_mode: incomingNo
        voice_mail_enabled: false
        voice_mail_number_mode: short_number
    before_header:
      description: The kind of the object, and its name.
      type: str
      sample: template Modèle standard
    after_header:
      description: The same as C(before_header).
      type: str
      sample: template Modèle standard
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present_module


def main() -> None:
    run_module(present_module("template"))


if __name__ == "__main__":
    main()
