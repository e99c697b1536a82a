# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error shows of an answer: a short piece of it, without any secret."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, urlencode

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.redact import snippet
from ansible_collections.xivo.xci.plugins.module_utils.api.transport import Answer


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("text/plain", "short", "short"),
        ("text/plain", "", "nothing"),
        ("text/plain", " a \r\n b ", "a b"),
        ("text/plain", "x" * 200, "x" * 200),
        ("text/plain", "x" * 201, "x" * 200 + "..."),
        ("text/plain", "é", "é"),
        ("text/html", "<html><head><title>T</title><style>s</style></head><script>\nx</script><p>It&#39;s</p>", "It's"),
        ("text/plain", "<p>a</p>", "a"),
        ("text/html", "<p></p>", "nothing"),
        ("application/json", '{"login":"bob","password":"p\\"w, x"}', '{"login":"bob","password":***}'),
        ("application/json", '{"ctiPassword" : "1234", "a": 1}', '{"ctiPassword" : ***, "a": 1}'),
        ("text/plain", "Password=hunter2&x=1", "Password=***&x=1"),
        ("text/plain", "the password is wrong", "the password is wrong"),
        ("text/plain", "value superpass is taken", "value *** is taken"),
        ("text/html", "<p>value s3c&#x2F;ret</p>", "value ***"),
        ("text/plain", "value s3c/ret is not s3c/ret-2", "value *** is not ***"),
        ("application/json", '{"error":"value s3c\\/ret"}', '{"error":"value ***"}'),
        ("application/json", '{"error":"value \\"q\\u00e9\\""}', '{"error":"value ***"}'),
        ("application/json", '{"error":"value \\"qé\\""}', '{"error":"value ***"}'),
    ],
)
def test_a_short_piece_of_an_answer_without_secrets(kind: str, body: str, shown: str) -> None:
    secrets = ("superpass", "s3c/ret", "s3c/ret-2", '"qé"', "")
    assert snippet(Answer(400, kind, body.encode()), secrets) == shown


def test_a_long_answer_is_not_looked_through() -> None:
    assert snippet(Answer(400, "text/plain", b" " * 12_799 + b"abc"), []) == "a"
    assert snippet(Answer(400, "text/plain", b"\xff"), []) == "\ufffd"


SECRET = """p&é "x' y"""
"""A password that each way to write it spells differently."""
QUOTED = {
    "json": json.dumps({"password": SECRET, "name": "Zoé"}),
    "json-not-ascii": json.dumps({"password": SECRET, "name": "Zoé"}, ensure_ascii=False),
    "json-in-json": json.dumps({"error": f"can't read {json.dumps({'password': SECRET, 'n': 1})}"}),
    "python": str({"password": SECRET, "name": "Zoé"}),
    "bare": f"can't take password={SECRET} for Zoé",
    "form": urlencode({"password": SECRET, "name": "Zoé"}),
    "text-with-entities": f"can't take {html.escape(SECRET)} for Zoé",
    "page": f"<html><p>can't take {html.escape(SECRET)} for Zoé</p></html>",
    "path": f"/login/{quote(SECRET, safe='')}/Zoé",
}


@pytest.mark.parametrize("way", QUOTED)
def test_a_known_password_is_kept_out_of_an_error(way: str) -> None:
    shown = snippet(Answer(400, "text/plain", QUOTED[way].encode()), [SECRET])
    for part in ("p&", "p%26", "x' y", "x&#x27; y", "é \\", "%22x"):
        assert part not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"ctiPassword":"made up","login":"x"}', '{"ctiPassword":***,"login":"x"}'),
        (r'{"ctiPassword":"made \"up\"","login":"x"}', '{"ctiPassword":***,"login":"x"}'),
        (r'{"error":"no {\"password\": \"made up\"}"}', r'{"error":"no {\"password\": ***}'),
        ("{'password': 'made up', 'login': 'x'}", "{'password': ***, 'login': 'x'}"),
        ("password=made-up&login=x", "password=***&login=x"),
        ("Password: made-up; login: x", "Password: ***; login: x"),
        ("the password is too short", "the password is too short"),
    ],
)
def test_a_password_is_known_by_its_key(text: str, shown: str) -> None:
    assert snippet(Answer(400, "text/plain", text.encode()), []) == shown
