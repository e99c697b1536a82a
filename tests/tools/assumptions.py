# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the table of assumptions into the guide from the doctor's own; with --check it only compares."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_doctor.rst"
ROWS = ROOT / "plugins" / "module_utils" / "doctor" / "rows.py"
START, END = ".. The table of assumptions begins here.", ".. The table of assumptions ends here."
HEAD = """\

.. list-table::
   :header-rows: 1
   :widths: 5 35 35 25

   * - No.
     - Assumption
     - What this collection does where it is not so
     - Dialects of the sandbox
"""


def table() -> str:
    """Return the table as reStructuredText."""
    return HEAD + "".join(map(_row, runpy.run_path(str(ROWS))["ROWS"])) + "\n"


def _row(row: Any) -> str:
    dialects = ", ".join(f"``{name}``" for name in row.dialects)
    return f"   * - {row.number}\n     - {row.assumption}\n     - {row.otherwise}\n     - {dialects}\n"


def with_table(text: str) -> str:
    """Return the guide with the table in its place."""
    before, _start, rest = text.partition(START)
    _old, _end, after = rest.partition(END)
    return f"{before}{START}\n{table()}{END}{after}"


def main() -> int:
    text = GUIDE.read_text(encoding="utf-8")
    wanted = with_table(text)
    if "--check" in sys.argv:
        if text != wanted:
            print("the table of the guide is not the doctor's; run tests/tools/assumptions.py")
        return int(text != wanted)
    GUIDE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
