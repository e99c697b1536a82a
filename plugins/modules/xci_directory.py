#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_directory

short_description: Write a telephone directory

version_added: 1.0.0

description:
  - Writes the users on XCI as a table for a spreadsheet (CSV, UTF-8), sorted by name. It changes nothing on XCI.
  - A text that a spreadsheet would run as a formula gets an apostrophe in front. Numbers stay as they are.
  - The file is written in check mode, too.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  dest:
    description:
      - The file to write, on the host that runs the module. Missing folders are made.
      - Its columns are C(last_name), C(first_name), C(number), C(entity), C(xivo), C(external_number) and C(mail).
    type: path
    required: true
  mode:
    description:
      - The permissions of the file, in octal, as text.
    type: str
    default: "0600"
  entity:
    description:
      - Only users of this entity, written as C(name@xivo-name), as its combinedId, or as its name alone if no other
        XiVO has an entity of that name.
    type: str
  xivo:
    description:
      - Only users of entities of this XiVO, by name, uuid or id.
    type: str

seealso:
  - module: xivo.xci.xci_user_info
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Write a directory of all sites
  xivo.xci.xci_directory:
    dest: directory.csv

- name: Write a directory of one site that everybody may read
  xivo.xci.xci_directory:
    dest: nord.csv
    xivo: xivo-nord
    mode: "0644"
"""

RETURN = r"""
count:
  description:
    - How many people are in the directory.
  type: int
  returned: success
  sample: 1200
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
from ansible_collections.xivo.xci.plugins.module_utils.modules.directory import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
