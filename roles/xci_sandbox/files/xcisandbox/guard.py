# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use the control interface: who has the token, and no web page that a browser of this machine shows."""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from xcisandbox.messages import Refusal, Request

EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 (compared, not listened on)


def check(request: Request, bound: str, token: str, is_open: bool = False) -> None:
    """Refuse what a web page can make a browser send; and what comes without the token, unless it *is_open* to all."""
    host = request.headers.get("host", "")
    if not is_ours(host, bound):
        # A name that a page brings with it may lead here now, and elsewhere when the page was loaded.
        raise Refusal(403, f"the header Host is '{host}': use localhost or the address that the sandbox listens on")
    if _of_another_site(request, host):
        raise Refusal(403, "requests of web pages are refused")
    if request.body and not request.is_json:
        raise Refusal(415, "the body is JSON: send the header 'Content-Type: application/json'")
    if not is_open and not _has(request, token):
        raise Refusal(401, "the header 'Authorization: Bearer TOKEN' is needed; see --token-file")


def is_ours(header: str, bound: str) -> bool:
    """Return whether a Host header names this machine, as it is called by itself or by who started the sandbox."""
    name = _name(header)
    if name == "localhost" or name == bound.lower():
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    # An address can't lead to two machines in turn, as a name can.
    return address.is_loopback or bound in EVERY_ADDRESS


def _name(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _of_another_site(request: Request, host: str) -> bool:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return True
    return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _has(request: Request, token: str) -> bool:
    scheme, _blank, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
