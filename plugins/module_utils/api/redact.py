# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of what is shown of an answer."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from .transport import Answer

SNIPPET = 200
PASSWORD = re.compile(
    r"""(?i)([a-z]*password\\*["']?\s*[:=]\s*)"""
    r"""(\\*"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;}&]+)"""
)
"""A password that an answer quotes, with its key: in JSON, in JSON within a string, in a form, in other notations."""


def snippet(answer: Answer, secrets: Iterable[str]) -> str:
    """Return a short, readable piece of an answer, without any of the *secrets* or a quoted password."""
    text = answer.body[: 64 * SNIPPET].decode("utf-8", "replace")
    if answer.is_page:
        text = re.sub(r"(?is)<(style|script|title).*?</\1>", " ", text)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    # What is known comes first: where the end of a quoted password is, can only be guessed.
    known = {spelling for secret in secrets for spelling in _spellings(secret)}
    for secret in sorted(known - {""}, key=len, reverse=True):
        text = text.replace(secret, "***")
    text = PASSWORD.sub(r"\1***", text)
    text = " ".join(text.split())
    return (text[:SNIPPET] + "..." if len(text) > SNIPPET else text) or "nothing"


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as JSON, pages and forms may write it: an error likes to quote the request."""
    safe = secret.encode("utf-8", "replace")
    yield from (secret, html.escape(secret), html.escape(secret, quote=False), quote(safe), quote(safe, ""))
    yield quote_plus(safe)
    for in_ascii in (True, False):
        quoted = json.dumps(secret, ensure_ascii=in_ascii)[1:-1]
        yield from (quoted, quoted.replace("/", "\\/"))
