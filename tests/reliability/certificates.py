# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private CA for the time of a test."""

from __future__ import annotations

import datetime
from pathlib import Path

import trustme

DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates; *file* holds its own, for ca_path."""

    def __init__(self, folder: Path, name: str = "private CA") -> None:
        self._folder = folder
        self._ca = trustme.CA(organization_name=name)
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def issue(self, *names: str, starts: int = -1) -> str:
        """Return a file with a certificate of these names or addresses and its key, valid for ten days.

        *starts* is its first day, counted from today: -12 is one that has expired, 2 one that is not valid yet.
        """
        begin = datetime.datetime.now(datetime.UTC) + starts * DAY - datetime.timedelta(minutes=5)
        issued = self._ca.issue_cert(*names, not_before=begin, not_after=begin + 10 * DAY)
        file = self._folder / f"{names[0].replace(':', '-')}{starts}.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(file)
        return str(file)
