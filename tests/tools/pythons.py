# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Python interpreters of this machine, and makes environments for the tools that test with several."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path


def candidates(version: str) -> Iterator[str]:
    """Where a Python of that version ("3.11") may be: on PATH, or where pyenv and uv keep theirs."""
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    data = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    for folder in (pyenv / "versions", data / "uv" / "python"):
        yield from map(str, sorted(folder.glob(f"*/bin/python{version}")))


def find(version: str) -> Path | None:
    """The interpreter itself, not a shim that picks one by folder or a virtual environment; None if there is none."""
    tell = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2], sys._base_executable)"
    for candidate in candidates(version):
        answer = subprocess.run([candidate, "-c", tell], capture_output=True, text=True, check=False)
        if answer.returncode == 0 and answer.stdout.startswith(f"{version} "):
            return Path(answer.stdout.split(" ", 1)[1].strip())
    return None


def environment(venv: Path, python: Path, requirements: Sequence[str]) -> Path:
    """The virtual environment in that folder, made if it is not there or was made for something else."""
    stamp, content = venv / "made-from", "\n".join([str(python), *requirements])
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != content:
        subprocess.run([python, "-m", "venv", "--clear", venv], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, *requirements], check=True)
        stamp.write_text(content, encoding="utf-8")
    return venv
