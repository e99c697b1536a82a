# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a password is verified, and which cookies are secrets."""

from __future__ import annotations

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client, _secrets_in
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings


def test_the_own_password_is_verified_by_the_session_s_login(sandbox: Sandbox) -> None:
    client = Client(Settings(sandbox.url, "admin", "superpass", timeout=5.0, retries=0))
    assert client.accepts("admin", "superpass") is True
    assert client.accepts("admin", "superpass") is True
    assert [one["path"] for one in sandbox.requests()] == ["/login"]
    client.close()


def test_a_cookie_of_eight_characters_may_open_a_session() -> None:
    assert _secrets_in("lang=fr; a=1234567; b=12345678") == ["lang=fr; a=1234567; b=12345678", "12345678"]
