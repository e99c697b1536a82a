#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_sync

short_description: Synchronise the configuration files of the XiVOs

version_added: 1.0.0

description:
  - Asks XCI to synchronise the configuration files of all XiVOs that it manages.
  - Use it as a handler. However many tasks of a play notify it, it runs once, after them.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options: {}

attributes:
  check_mode:
    support: full
    details:
      - The task is skipped, with a message. No request is sent.
  diff_mode:
    support: none
    details:
      - XCI does not show what it would synchronise.
  idempotent:
    support: none
    details:
      - Each run asks XCI to act on the XiVOs, so each run reports a change.

seealso:
  - module: xivo.xci.xci_xivo
  - module: xivo.xci.xci_entity
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - The task is always changed. XCI does not show whether the files of the XiVOs are up to date, so there is nothing to
    compare. Notify it as a handler, rather than run it in each play.
  - XCI acts on all its XiVOs at once. In a play with many hosts, give the handler C(run_once=true).
  - If XCI's answer is lost, the request is not retried. The task fails, because it is not known whether XCI did it.
    Running it again is safe. With many XiVOs, increase O(timeout).
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Change entities, then synchronise once
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Give each site a pharmacy
      xivo.xci.xci_entity:
        name: pharmacie
        xivo: "{{ item }}"
        intervals:
          - start: "5000"
            end: "5099"
      loop:
        - xivo-nord
        - xivo-sud
      notify: Synchronise the XiVOs

    - name: Give the emergency unit more numbers
      xivo.xci.xci_entity:
        name: urgences
        xivo: xivo-nord
        intervals:
          - start: "2000"
            end: "2999"
          - start: "4911"
      notify: Synchronise the XiVOs

  handlers:
    - name: Synchronise the XiVOs # once after both tasks, and not at all if neither changed anything
      xivo.xci.xci_sync:
        timeout: 300
      run_once: true
"""

RETURN = r"""
msg:
  description:
    - That XCI was not asked, or what failed.
  type: str
  returned: in check mode, and failure
  sample: "check mode: XCI was not asked to synchronise the XiVOs"
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 1, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.sync import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
