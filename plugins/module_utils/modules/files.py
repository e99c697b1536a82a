# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes files beside XCI, such as lists of people: whole or not at all, and not for everybody to read."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from typing import Any

from ..api.errors import InputError, Problem

MODE: dict[str, Any] = {"type": "str", "default": "0600"}
"""The option for the permissions of files with names of people."""


def read_file(path: str) -> bytes:
    """Return the content of a file; raise InputError where it can't be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InputError(Problem("not a regular file", place=path))
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InputError(Problem(f"can't be read: {error.strerror}", place=path)) from None


def permissions(mode: str) -> int:
    """Return permissions such as ``0600`` as a number; raise InputError for anything else."""
    try:
        number = int(mode, 8)
    except ValueError:
        number = -1
    if not 0 <= number <= 0o777:
        raise InputError(Problem(f"invalid value: {mode!r} is no mode such as 0600", "mode"))
    return number


def write_file(path: str, text: str, mode: str = "0600") -> bool:
    """Write a file and the folders that it needs; return whether it was another one before."""
    number, content = permissions(mode), text.encode("utf-8", "surrogatepass")
    try:
        if _is_same(path, content):
            if stat.S_IMODE(os.stat(path).st_mode) != number:
                os.chmod(path, number)
            return False
        _replace(path, content, number)
    except OSError as error:
        raise InputError(Problem(f"can't be written: {error.strerror}", place=path)) from None
    return True


def _is_same(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() == content
    except FileNotFoundError:
        return False


def _replace(path: str, content: bytes, mode: int) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
