# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where XCI is and how to talk to it, for the plugins that run in the controller."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(xivo.xci.controller): the options of C(xivo.xci.connection), with their other sources."""

    DOCUMENTATION = r"""
options:
  xci_url:
    description:
      - The address of XCI, such as V(https://xci.example.org) or V(http://xci.example.org:9001).
      - A path is fine where XCI stands behind a proxy. V(/api/1.0) is added where it is missing.
      - Redirects are never followed, so that the password goes nowhere else.
    type: str
    env:
      - name: XCI_URL
    ini:
      - section: xci
        key: url
    vars:
      - name: xci_url
  xci_login:
    description:
      - The login of the XCI administrator to work as. One who is no super-administrator only sees the own entities.
    type: str
    env:
      - name: XCI_LOGIN
    ini:
      - section: xci
        key: login
    vars:
      - name: xci_login
  xci_password:
    description:
      - The password of O(xci_login).
    type: str
    env:
      - name: XCI_PASSWORD
    vars:
      - name: xci_password
  validate_certs:
    description:
      - Whether the TLS certificate of XCI must be signed by a trusted CA and fit its name.
      - With V(false), whoever answers at O(xci_url) gets the password. O(ca_path) is the better way to reach a server
        with a certificate of your own CA.
    type: bool
    default: true
    env:
      - name: XCI_VALIDATE_CERTS
    ini:
      - section: xci
        key: validate_certs
    vars:
      - name: xci_validate_certs
  ca_path:
    description:
      - A file with the certificates of trusted CAs in PEM form, or a folder with such files as C(openssl rehash)
        prepares it.
    type: path
    env:
      - name: XCI_CA_PATH
    ini:
      - section: xci
        key: ca_path
    vars:
      - name: xci_ca_path
  timeout:
    description:
      - How many seconds to wait for XCI to accept a connection, and for each further piece of its answer.
    type: float
    default: 60
    env:
      - name: XCI_TIMEOUT
    ini:
      - section: xci
        key: timeout
    vars:
      - name: xci_timeout
  retries:
    description:
      - How often a request is sent again at most when XCI can't be reached, breaks off, or answers with the status
        408, 429, 500, 502, 503 or 504.
    type: int
    default: 3
    env:
      - name: XCI_RETRIES
    ini:
      - section: xci
        key: retries
    vars:
      - name: xci_retries
requirements:
  - The Python library C(requests), for the Python that runs Ansible
"""
