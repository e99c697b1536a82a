# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter report_page."""

from __future__ import annotations

DOCUMENTATION = r"""
name: report_page

short_description: Prepare the page of a report

version_added: 1.0.0

description:
  - Computes what the page of a report needs and a template can't do well, which is the picture of the numbering plan,
    the table of users as JSON, and what has changed since an earlier report.
  - The role P(xivo.xci.xci_report#role) uses it. For a page of your own, a template gets everything else from the
    report itself.

author:
  - The xivo.xci authors (@xivo-xci)

options:
  _input:
    description: The RV(xivo.xci.xci_report#module:report) of M(xivo.xci.xci_report).
    type: dict
    required: true
  previous:
    description: An earlier report, to compare with.
    type: dict

seealso:
  - module: xivo.xci.xci_report
"""

EXAMPLES = r"""
- name: Show how many users joined since the last report
  ansible.builtin.debug:
    msg: "{{ (read.report | xivo.xci.report_page(lookup('file', 'report.json') | from_json)).since.joined | length }}"
"""

RETURN = r"""
_value:
  description:
    - C(picture) says where the intervals, the numbers in use, the overlaps and the users outside of the intervals are,
      in thousandths of the width.
    - C(users) is the table of users as JSON that can stand in a C(script) element; empty without users.
    - C(since) is what differs from O(previous); null without it.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.report_page import page


def report_page(report: Any, previous: Any = None) -> dict[str, Any]:
    """Return what the page of a report needs."""
    report, previous = plain(report), plain(previous)
    if not isinstance(report, Mapping) or "counts" not in report:
        raise AnsibleFilterError("report_page needs the report of xivo.xci.xci_report")
    try:
        return page(report, previous)
    except (ValueError, KeyError) as error:
        raise AnsibleFilterError(f"report_page: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"report_page": report_page}
