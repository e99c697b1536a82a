# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where XCI is and who logs in: what is taken, and what is refused before anything is sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings, base_url, variable_of

OPTIONS: dict[str, Any] = {
    "xci_url": "http://127.0.0.1:9001",
    "xci_login": "admin",
    "xci_password": "superpass",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 60.0,
    "retries": 3,
}

# -- the address --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://xci.example.org:9001", "http://xci.example.org:9001/api/1.0"),
        ("http://xci.example.org:9001/", "http://xci.example.org:9001/api/1.0"),
        ("  https://example.org/xci/  ", "https://example.org/xci/api/1.0"),
        ("https://example.org/api/1.0", "https://example.org/api/1.0"),
        ("https://example.org/xci/api/1.0//", "https://example.org/xci/api/1.0"),
        ("HTTPS://Example.org", "https://Example.org/api/1.0"),
        ("http://[::1]:9001", "http://[::1]:9001/api/1.0"),
        ("http://192.0.2.1", "http://192.0.2.1/api/1.0"),
    ],
)
def test_address(written: str, url: str) -> None:
    assert base_url(written) == url


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("xci.example.org:9001", "is not a URL such as http://xci.example.org:9001 or https://example.org/xci"),
        ("", "is not a URL such as"),
        ("ftp://example.org", "is not a URL such as"),
        ("http://", "is not a URL such as"),
        ("http://:9001", "is not a URL such as"),
        ("http:///xci", "is not a URL such as"),
        ("http://exa mple.org", "is not a URL such as"),
        ("http://example.org/a\tb", "is not a URL such as"),
        ("http://example.org:99999", "is not a URL: Port out of range 0-65535"),
        ("http://example.org:x", "is not a URL: Port could not be cast to integer value"),
        ("http://[::1", "is not a URL: Invalid IPv6 URL"),
        ("http://example.org?a=b", "must end with its path, without ? and #"),
        ("http://example.org/xci#top", "must end with its path, without ? and #"),
    ],
)
def test_what_is_no_address(written: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^xci_url {re.escape(repr(written))} {re.escape(message)}"):
        base_url(written)


@pytest.mark.parametrize("who", ["admin:hunter2", "admin", ":hunter2", "admin:"])
def test_credentials_in_the_address_are_refused_and_not_shown(who: str) -> None:
    with pytest.raises(InputError) as caught:
        base_url(f"http://{who}@example.org")
    assert str(caught.value) == "xci_url contains credentials; use xci_login and xci_password, which are kept secret"


# -- the options --------------------------------------------------------------------------------------------


def test_settings_from_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    given = {"validate_certs": False, "ca_path": "~/ca.pem", "timeout": 7, "retries": 0}
    settings = Settings.from_options({**OPTIONS, **given})
    assert settings == Settings(
        "http://127.0.0.1:9001/api/1.0", "admin", "superpass", False, str(tmp_path / "ca.pem"), 7.0, 0
    )
    assert isinstance(settings.timeout, float)
    assert Settings.from_options({**OPTIONS, "ca_path": ""}).ca_path is None


@pytest.mark.parametrize("value", [None, ""], ids=["none", "empty"])
def test_what_is_missing_is_reported_together_with_its_variable(value: str | None) -> None:
    with pytest.raises(InputError) as caught:
        Settings.from_options({**OPTIONS, "xci_url": value, "xci_login": value, "xci_password": value})
    assert list(map(str, caught.value.problems)) == [
        "missing required option: xci_url (or the environment variable XCI_URL)",
        "missing required option: xci_login (or the environment variable XCI_LOGIN)",
        "missing required option: xci_password (or the environment variable XCI_PASSWORD)",
    ]
    with pytest.raises(InputError, match=r"^missing required option: xci_login \([a-zA-Z_ ]+\)$"):
        Settings.from_options({**OPTIONS, "xci_login": value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 0},
        {"timeout": -1.0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": 86401},
        {"retries": -1},
    ],
    ids=str,
)
def test_limits_that_can_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^timeout must be over 0 and at most 86400 seconds, and retries 0 or"):
        Settings.from_options({**OPTIONS, **wrong})


@pytest.mark.parametrize("wrong", [-1, float("nan"), 86401], ids=str)
def test_a_time_to_show_that_can_not_be(wrong: float) -> None:
    with pytest.raises(InputError, match=r"^read_back_timeout must be 0 to 86400 seconds$"):
        Settings.from_options({**OPTIONS, "read_back_timeout": wrong})


@pytest.mark.parametrize(("given", "seconds"), [({}, 5.0), ({"read_back_timeout": 0}, 0.0)], ids=str)
def test_a_time_to_show(given: dict[str, Any], seconds: float) -> None:
    assert Settings.from_options({**OPTIONS, **given}).read_back_timeout == seconds


@pytest.mark.parametrize("right", [{"timeout": 0.1}, {"timeout": 86400}, {"retries": 0}], ids=str)
def test_limits_that_can_be(right: dict[str, Any]) -> None:
    assert Settings.from_options({**OPTIONS, **right})


def test_certificates_that_do_not_exist() -> None:
    with pytest.raises(InputError, match=r"^ca_path '/nowhere' does not exist; it is a file or folder of CA"):
        Settings.from_options({**OPTIONS, "ca_path": "/nowhere"})


def test_settings_do_not_show_the_password() -> None:
    assert "superpass" not in repr(Settings.from_options(OPTIONS))


@pytest.mark.parametrize(
    ("url", "validate", "warnings"),
    [
        ("http://localhost:9001", True, []),
        ("http://127.0.0.1:9001", True, []),
        ("http://127.9.9.9", True, []),
        ("http://[::1]:9001", True, []),
        ("https://example.org", True, []),
        ("http://127.0.0.1", False, []),
        (
            "http://example.org",
            False,
            ["xci_url http://example.org/api/1.0 is plain http: the password of admin is sent unencrypted"],
        ),
        (
            "https://example.org",
            False,
            [
                "validate_certs is false: any server that answers at https://example.org/api/1.0 "
                "gets the password of admin"
            ],
        ),
    ],
)
def test_warnings_of_what_is_unsafe(url: str, validate: bool, warnings: list[str]) -> None:
    assert Settings.from_options({**OPTIONS, "xci_url": url, "validate_certs": validate}).warnings() == warnings


@pytest.mark.parametrize(
    ("option", "variable"), [("xci_url", "XCI_URL"), ("ca_path", "XCI_CA_PATH"), ("timeout", "XCI_TIMEOUT")]
)
def test_the_variable_of_an_option(option: str, variable: str) -> None:
    assert variable_of(option) == variable
