# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options may be shown, and what Ansible is asked to mask."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import HIDDEN
from ansible_collections.xivo.xci.plugins.module_utils.modules import secrecy
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.modules.secrecy import (
    SECRETS,
    mask,
    mask_session,
    without_secrets,
)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        pytest.param({"name": "x", "retries": 3}, {"name": "x", "retries": 3}, id="nothing-secret"),
        pytest.param({"xci_password": "made-up"}, {"xci_password": HIDDEN}, id="own-password"),
        pytest.param({"password": "made-up"}, {"password": HIDDEN}, id="password"),
        pytest.param({"cti_password": 1234}, {"cti_password": HIDDEN}, id="number"),
        pytest.param({"password": None, "xci_password": None}, {"password": None, "xci_password": None}, id="none"),
        pytest.param({"PASSWD": "made-up", "mot_de_pass": "made-up"}, {"PASSWD": HIDDEN, "mot_de_pass": HIDDEN},
                     id="another-name"),
        pytest.param({"update_password": "always"}, {"update_password": "always"}, id="policy"),
        pytest.param(
            {"users": [{"first_name": "A", "cti_password": "made-up"}]},
            {"users": [{"first_name": "A", "cti_password": HIDDEN}]},
            id="in-a-list",
        ),
        pytest.param({"users": ["made-up", 7]}, {"users": [HIDDEN, HIDDEN]}, id="in-the-place-of-an-entry"),
        pytest.param({"users": ({"password": "x"},)}, {"users": [{"password": HIDDEN}]}, id="in-a-tuple"),
        pytest.param({"admins": "made-up"}, {"admins": HIDDEN}, id="in-the-place-of-a-list"),
        pytest.param({"templates": ["x"], "src": ["a.yml"]}, {"templates": ["x"], "src": ["a.yml"]}, id="other-lists"),
        pytest.param({"a": {"b": {"password": "x", "c": 1}}}, {"a": {"b": {"password": HIDDEN, "c": 1}}}, id="deep"),
        pytest.param({"xci_url": "http://a:made-up@xci"}, {"xci_url": HIDDEN}, id="credentials-in-the-address"),
        pytest.param({"xci_url": "http://xci", "x": "a@b"}, {"xci_url": "http://xci", "x": "a@b"}, id="addresses"),
        pytest.param({5: 1}, {5: 1}, id="not-even-text"),
    ],
)  # fmt: skip
def test_options_without_secrets(options: dict[Any, Any], shown: dict[Any, Any]) -> None:
    assert without_secrets(options) == shown


@pytest.mark.parametrize(
    "name",
    ["cti_pasword", "cti_passwrd", "cti_paswd", "ctipassword", "ctiPassword", "pasword", "passwrd", "pwd_password",
     "xci_pasword", "xcipassword", "Password", "passphrase", "cti-password"],
)  # fmt: skip
def test_a_misspelt_name_may_be_that_of_a_secret(name: str) -> None:
    assert without_secrets({name: "made-up"}) == {name: HIDDEN}
    assert without_secrets({"users": [{name: "made-up", "first_name": "Zoe"}]}) == {
        "users": [{name: HIDDEN, "first_name": "Zoe"}]
    }


def test_known_names_are_no_misspelt_ones() -> None:
    """Such as update_password, which is closer to a secret's name than many a misspelt one."""
    assert {"xci_password", "with_password", "cti_password", "password"} == SECRETS
    known = {name for module in MODULES for name in MODULES[module].argument_spec(print)}
    known |= {name for spec in MODULES["xci_config"].options.values() for name in spec.get("options", {})}
    assert {"update_password", "cti_login", "voice_mail_enabled", "retries"} < known
    # One more is a secret by its own name.
    shown = dict.fromkeys(known - SECRETS - {"users", "admins", "second_password"}, "x")
    assert without_secrets(shown) == shown


@pytest.mark.parametrize("name", ["frist_name", "internal_nmber", "shoe_size", "comment", "", "x"])
def test_other_unknown_names_are_shown(name: str) -> None:
    """A person has to see what is wrong."""
    assert without_secrets({name: "x"}) == {name: "x"}


# -- what is masked -----------------------------------------------------------------------------------------


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What Ansible is asked to mask."""
    registered: set[str] = set()
    monkeypatch.setattr(secrecy, "register_secrets", registered.update)
    return registered


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        pytest.param({"xci_password": "a-1-made-up", "xci_login": "admin"}, {"a-1-made-up"}, id="own-password"),
        pytest.param(
            {"users": [{"cti_password": "a-1-made-up"}, {"cti_password": "b-2-made-up"}]},
            {"a-1-made-up", "b-2-made-up"},
            id="in-a-list",
        ),
        pytest.param({"users": [{"cti_pasword": "a-1-made-up"}]}, {"a-1-made-up"}, id="misspelt"),
        pytest.param({"password": ["a-1-made-up", ("b-2-made-up",)]}, {"a-1-made-up", "b-2-made-up"}, id="lists"),
        pytest.param({"password": None, "xci_password": True}, set(), id="no-texts"),
        pytest.param({"cti_password": "1701", "password": 1702}, set(), id="digits"),
        pytest.param({"cti_password": "Martin", "last_name": "Martin"}, set(), id="what-is-shown-elsewhere"),
        pytest.param(
            {"cti_password": "a-1-made-up", "users": [{"mail": "a-1-made-up"}]}, set(), id="what-is-shown-deep-down"
        ),
        pytest.param({}, set(), id="nothing"),
    ],
)
def test_what_is_masked(masked: set[str], options: dict[str, Any], texts: set[str]) -> None:
    mask(options)
    assert masked == texts


def test_a_session_is_masked(masked: set[str]) -> None:
    mask_session(["PLAY_SESSION=abc", "abc"])
    assert masked == {"PLAY_SESSION=abc", "abc"}


def test_an_older_ansible_masks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrecy, "register_secrets", None)
    mask({"xci_password": "a-1-made-up"})
    mask_session(["a"])
