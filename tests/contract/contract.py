# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares requests and answers with the description of XCI's API in openapi.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).with_name("openapi.yaml")
METHODS = ("get", "post", "put", "delete")
NOT_JSON = object()


@cache
def description() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield method, path and description of each operation; fixed paths before those with a variable."""
    for path, item in sorted(description()["paths"].items(), key=lambda pair: "{" in pair[0]):
        for method in METHODS:
            if method in item:
                yield method.upper(), path, {"parameters": item.get("parameters", []), **item[method]}


def faults_of_request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return what is wrong with a request; *path* lies below the base, *headers* have small letters."""
    found = operation(method, path)
    if found is None:
        return [f"XCI has no {method} {path}"]
    return [
        f"{method} {path}: {fault}"
        for fault in (*_faults_of_key(found, path), *_faults_of_body(found, headers, body), *_session(found, headers))
    ]


def operation(method: str, path: str) -> dict[str, Any] | None:
    """Return the operation that a request means, with its path as *template*."""
    for known, template, one in operations():
        if known == method and re.fullmatch(_pattern(template), path):
            return {**one, "template": template}
    return None


@cache
def _pattern(template: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/?]+", re.escape(template))


def _faults_of_key(one: Mapping[str, Any], path: str) -> list[str]:
    """A variable in the path has its type, and only what may stand in a path stands there unescaped."""
    faults = []
    for name, text in zip(re.findall(r"{(\w+)}", one["template"]), _variables(one["template"], path), strict=True):
        if not re.fullmatch(r"([A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+", text):
            faults.append(f"{name} {text!r} is not percent-encoded")
        elif name == "id" and not text.isdigit():
            faults.append(f"{name} {text!r} is no id")
        elif name == "combinedId" and "@" not in unquote(text, errors="strict"):
            faults.append(f"{name} {text!r} is no combinedId")
    return faults


def _variables(template: str, path: str) -> list[str]:
    pairs = zip(template.split("/"), path.split("/"), strict=True)
    return [text for segment, text in pairs if segment.startswith("{")]


def _faults_of_body(one: Mapping[str, Any], headers: Mapping[str, str], body: bytes) -> list[str]:
    if "requestBody" not in one:
        return ["it has a body"] if body else []
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return [f"its body is called {kind or 'nothing'} and not application/json"]
    data = parsed(body)
    if data is NOT_JSON:
        return ["its body is no JSON"]
    return faults_of_value(one["requestBody"]["content"]["application/json"]["schema"]["$ref"], data)


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        return NOT_JSON


def _session(one: Mapping[str, Any], headers: Mapping[str, str]) -> list[str]:
    public = one.get("security") == []
    if public:
        return ["a login carries a session"] if headers.get("cookie") else []
    return [] if headers.get("cookie") else ["it carries no session"]


def faults_of_answer(method: str, path: str, status: int, body: bytes) -> list[str]:
    """Return what is wrong with an answer of XCI, as far as the page says what it holds."""
    found = operation(method, path)
    shown = (found or {}).get("responses", {}).get(str(status), {}).get("content", {}).get("application/json")
    if shown is None:
        return []
    data = parsed(body)
    return ["no JSON"] if data is NOT_JSON else faults_of_value(shown["schema"]["$ref"], data)


def faults_of_value(reference: str, data: Any) -> list[str]:
    """Return where a value departs from a schema, without the value itself: it may be a secret."""
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the body'} breaks {error.validator} at "
        f"{'/'.join(map(str, error.absolute_schema_path))}"
        for error in _validator(reference).iter_errors(data)
    ]


@cache
def _validator(reference: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource("urn:xci", DRAFT202012.create_resource(description()))
    return Draft202012Validator({"$ref": f"urn:xci{reference}"}, registry=registry)
