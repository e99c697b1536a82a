# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the diff of a creation shows: nothing that does not apply, and no password."""

from __future__ import annotations

from ansible_collections.xivo.xci.plugins.module_utils.model.change import NOT_SHOWN, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, TEMPLATE


def test_the_diff_of_a_creation_holds_no_password_that_does_not_apply() -> None:
    operation = compare(ADMIN, {"login": "x", "ldap": True, "password": "made-up"}, None)
    assert operation is not None
    assert "password" not in operation.diff()["after"]
    assert "made-up" not in str([operation.diff(), operation.changes()])


def test_the_diff_of_a_creation_tells_that_a_password_is_written() -> None:
    operation = compare(ADMIN, {"login": "x", "password": "made-up"}, None)
    assert operation is not None
    assert operation.diff()["after"] == {"login": "x", "ldap": False, "super_admin": False, "password": NOT_SHOWN}


def test_the_diff_of_a_creation_holds_nothing_that_does_not_apply() -> None:
    desired = {"name": "x", "caller_id_mode": "anonymous", "custom_caller_id": "0123"}
    operation = compare(TEMPLATE, desired, None)
    assert operation is not None
    assert "custom_caller_id" not in operation.diff()["after"]
