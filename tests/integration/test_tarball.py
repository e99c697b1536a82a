# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make build`` packs: all that users and ansible-test need, and nothing that works on the checkout alone."""

from __future__ import annotations

import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.xivo.xci.tests.support import playbook

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("changelogs", "docs", "meta", "playbooks", "plugins", "roles", "tests/sanity")
FILES = ("CHANGELOG.md", "LICENSE", "README.md", "requirements.txt", "tests/config.yml")
MADE = {"FILES.json", "MANIFEST.json"}
"""What the build adds."""


def wanted(root: Path) -> Iterator[str]:
    """Yield the files of a checkout that belong in the tarball, such as ``meta/runtime.yml``.

    Hidden files are only in the example, which is a repository of its own.
    """
    yield from FILES
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            name = path.relative_to(root)
            hidden = any(part.startswith(".") for part in name.parts) and not name.is_relative_to("docs/example")
            if path.is_file() and not hidden and "__pycache__" not in name.parts:
                yield str(name)


def built(root: Path, folder: Path) -> set[str]:
    """Build the tarball of a checkout; return the files in it."""
    done = playbook.run(folder, "ansible-galaxy", "collection", "build", root, "--output-path", folder / "dist")
    assert done.code == 0, done.output
    (tarball,) = (folder / "dist").glob("xivo-xci-*.tar.gz")
    with tarfile.open(tarball) as tar:
        return {one.name for one in tar.getmembers() if one.isfile()}


def test_the_tarball_holds_what_users_need_and_nothing_else(tmp_path: Path) -> None:
    assert built(ROOT, tmp_path) == {*wanted(ROOT), *MADE}


@pytest.mark.parametrize("folder", ["tests/more", "scripts"])
def test_a_new_folder_would_be_noticed(tmp_path: Path, folder: str) -> None:
    checkout = tmp_path / "checkout"
    for name in ("galaxy.yml", *FILES):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    (checkout / folder).mkdir(parents=True)
    (checkout / folder / "new.py").touch()
    assert built(checkout, tmp_path / "build") - {*wanted(checkout), *MADE} == {f"{folder}/new.py"}


@pytest.mark.slow
def test_it_can_be_installed_from_the_repository(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (address,) = re.findall(r"^\$ ansible-galaxy collection install git\+(https://\S+)\.git$", readme, re.MULTILINE)
    assert f"repository: {address}\n" in (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    env = playbook.environment(tmp_path, ANSIBLE_COLLECTIONS_PATH=str(tmp_path / "installed"))
    done = playbook.run(tmp_path, "ansible-galaxy", "collection", "install", f"git+file://{ROOT}", env=env)
    assert done.code == 0, done.output
    installed = tmp_path / "installed" / "ansible_collections" / "xivo" / "xci"
    assert {path.name for path in installed.iterdir()} >= {"MANIFEST.json", "meta", "playbooks", "plugins", "roles"}
