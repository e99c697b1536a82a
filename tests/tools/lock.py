# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write requirements-lock.txt: the version of everything that requirements-dev.txt brings along.

usage: lock.py

'make venv' takes these as constraints, so that a tool of a tool that was released today breaks nothing.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^[\w.-]+")
HEAD = "# Written by `make lock` from what .venv has; constraints for `make venv`.\n"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: list[str]) -> dict[str, Distribution]:
    """Return what is installed of these packages, and of all that they require."""
    found: dict[str, Distribution] = {}
    waiting = [normal(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another Python or system
        for requirement in found[name].requires or ():
            match = NAME.match(requirement)
            if match:
                waiting.append(normal(match[0]))
    return found


def main() -> int:
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    names = [match[0] for line in lines if (match := NAME.match(line))]
    direct = set(map(normal, names))
    locked = {name: one.version for name, one in needed(names).items() if name not in direct}
    text = HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(locked.items()))
    (ROOT / "requirements-lock.txt").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
