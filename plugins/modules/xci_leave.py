#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_leave

short_description: Compare XCI with the XiVOs' own exports, before XCI is switched off

version_added: 1.0.0

description:
  - Compares the users that XCI shows with the users that each XiVO exports itself, by context and number. The context
    of a user on a XiVO is the entity on XCI.
  - Lists what ends when XCI is switched off. It changes nothing.
  - The files are written in check mode, too.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  exports:
    description:
      - For each XiVO the file with its own export of its users (CSV), on the host that runs the module, as pairs such
        as V(xivo-nord=nord.csv). Their columns C(context), C(exten), C(firstname), C(lastname), C(username) and
        C(provisioning_code) are compared.
    type: list
    elements: str
    required: true
  dest:
    description:
      - Where to write the differences and what ends, on the host that runs the module. A file if the name has an
        ending, C(.csv) for a table of the differences alone, C(.json), or C(.md) for a page; otherwise a folder with
        C(differences.csv) and C(what-ends.md). Missing folders are made.
    type: path
  mode:
    description:
      - The permissions of the files, in octal, as text.
    type: str
    default: "0600"
  language:
    description:
      - The language of what ends.
    type: str
    choices:
      - en
      - fr
    default: en

seealso:
  - module: xivo.xci.xci_compare
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Compare with the exports of two XiVOs
  xivo.xci.xci_leave:
    exports:
      - xivo-nord=nord.csv
      - xivo-sud=sud.csv
    dest: leaving
"""

RETURN = r"""
differences:
  description:
    - What XCI and a XiVO show differently.
  type: list
  elements: dict
  returned: success
  contains:
    server:
      description: The XiVO.
      type: str
      sample: xivo-nord
    context:
      description: The context on the XiVO, which is the entity on XCI.
      type: str
      sample: accueil
    number:
      description: The internal number.
      type: str
      sample: "1001"
    what:
      description: V(only on XCI), V(only on the XiVO), V(different), or V(context without entity).
      type: str
      sample: different
    option:
      description: What is different.
      type: str
      sample: last_name
    xci:
      description: What XCI shows.
      type: str
      sample: Durand
    export:
      description: What the export says.
      type: str
      sample: Martin
count:
  description:
    - How many differences there are.
  type: int
  returned: success
  sample: 1
compared:
  description:
    - How many users of XCI were compared.
  type: int
  returned: success
  sample: 300
ends:
  description:
    - What ends with XCI, as sentences.
  type: list
  elements: str
  returned: success
  sample: ["The 2 administrators of XCI and their rights: admin, mlefevre"]
not_shown:
  description:
    - What XCI does not show to this administrator, and what is left out for that.
  type: list
  elements: str
  returned: success
  sample: ["users of compta@xivo-nord"]
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 5, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.leave import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
