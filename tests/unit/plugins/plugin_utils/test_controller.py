# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn a number is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible import constants

from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.plugin_utils.in_process import settings_of

HERE = Settings("http://localhost:9001/api/1.0", "admin", "a-made-up-password")
FREE = [str(number) for number in range(1000, 1100)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def take(asker: str, free: list[str], count: int = 1, entity: str = "accueil@nord") -> list[str]:
    return Reservations(HERE, entity).take(asker, free, count)


def test_nobody_gets_what_another_got() -> None:
    assert take("alice", FREE) == ["1000"]
    assert take("bob", FREE, 2) == ["1001", "1002"]
    assert take("carol", FREE) == ["1003"]


def test_who_asks_again_gets_the_same_while_it_is_free() -> None:
    assert take("alice", FREE, 2) == take("alice", FREE, 2) == ["1000", "1001"]
    assert take("alice", FREE) == ["1000"]
    assert take("alice", FREE, 3) == ["1000", "1001", "1002"]
    assert take("alice", FREE[1:]) == ["1001"]


def test_what_is_not_free_any_more_is_not_handed_out_again() -> None:
    assert take("alice", FREE) == ["1000"]
    assert take("bob", FREE[:1]) == []
    assert take("alice", []) == []
    assert take("alice", FREE[1:]) == ["1001"]


def test_entities_do_not_share_numbers() -> None:
    assert take("alice", FREE) == take("bob", FREE, entity="accueil@sud") == ["1000"]


def test_many_at_once_get_different_ones() -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda number: take(f"host {number}", FREE), range(100)))
    assert sorted(one[0] for one in numbers) == FREE


def test_the_file_tells_nothing_of_who_asked_and_is_its_owners(folder: Path) -> None:
    take("alice", FREE)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "accueil" not in file.name


def test_options_become_settings() -> None:
    options = {"xci_url": "http://localhost:9001", "xci_login": "admin", "xci_password": "a-made-up-password"}
    rest = {"validate_certs": True, "ca_path": None, "timeout": 60.0, "retries": 3}
    assert settings_of({**options, **rest}.__getitem__) == HERE
