# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small AWX: the part of its API that the modules of awx.awx use, with state, and with AWX's own refusals.

It takes only fields that AWX has, only references to objects that exist, playbooks and files that are in the project,
surveys, credentials and injectors that AWX would take. It never shows a secret.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

HIDDEN = "$encrypted$"
HOSTS = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", re.MULTILINE)
"""Without a line like this, AWX does not take a file for a playbook."""
RULE = re.compile(r"DTSTART(;TZID=[A-Za-z/_]+)?:\d{8}T\d{6}Z? RRULE:.*FREQ=[A-Z]+;INTERVAL=\d+.*")
PROMPTS = ("job_type", "verbosity", "variables", "limit", "inventory", "credential", "diff_mode")
# The fields that a caller may write, with their values where he gives none; a tuple holds the kind that it refers to.
KINDS: dict[str, dict[str, Any]] = {
    "execution_environments": {
        "name": "",
        "image": "",
        "pull": "",
        "description": "",
        "organization": ("organizations",),
    },
    "organizations": {
        "name": "",
        "description": "",
        "max_hosts": 0,
        "default_environment": ("execution_environments",),
    },
    "credential_types": {"name": "", "description": "", "kind": "", "inputs": {}, "injectors": {}, "managed": False},
    "credentials": {
        "name": "",
        "description": "",
        "inputs": {},
        "organization": ("organizations",),
        "credential_type": ("credential_types",),
    },
    "projects": {
        "name": "",
        "description": "",
        "scm_type": "",
        "scm_url": "",
        "scm_branch": "",
        "scm_update_on_launch": False,
        "organization": ("organizations",),
        "credential": ("credentials",),
        "scm_revision": "",
    },
    "inventories": {
        "name": "",
        "description": "",
        "kind": "",
        "host_filter": None,
        "variables": "",
        "organization": ("organizations",),
    },
    "inventory_sources": {
        "name": "",
        "description": "",
        "source": "",
        "source_path": "",
        "overwrite": False,
        "update_on_launch": False,
        "inventory": ("inventories",),
        "source_project": ("projects",),
        "credential": ("credentials",),
        "execution_environment": ("execution_environments",),
    },
    "notification_templates": {
        "name": "",
        "description": "",
        "notification_type": "",
        "notification_configuration": {},
        "organization": ("organizations",),
    },
    "job_templates": {
        "name": "",
        "description": "",
        "job_type": "run",
        "playbook": "",
        "extra_vars": "---",
        "survey_enabled": False,
        "organization": ("organizations",),
        "project": ("projects",),
        "inventory": ("inventories",),
        "execution_environment": ("execution_environments",),
        **{f"ask_{name}_on_launch": False for name in PROMPTS},
    },
    "workflow_job_templates": {
        "name": "",
        "description": "",
        "extra_vars": "",
        "survey_enabled": False,
        "organization": ("organizations",),
    },
    "workflow_job_template_nodes": {
        "identifier": "",
        "workflow_job_template": ("workflow_job_templates",),
        "all_parents_must_converge": False,
        "unified_job_template": ("job_templates", "workflow_approval_templates"),
    },
    "workflow_approval_templates": {"name": "", "description": "", "timeout": 0},
    "schedules": {
        "name": "",
        "description": "",
        "rrule": "",
        "enabled": True,
        "unified_job_template": ("job_templates",),
    },
}
LISTS = {
    "organizations": {"galaxy_credentials": "credentials"},
    "job_templates": {
        "credentials": "credentials",
        "notification_templates_error": "notification_templates",
        "notification_templates_success": "notification_templates",
    },
    "workflow_job_templates": {
        "notification_templates_approvals": "notification_templates",
        "notification_templates_error": "notification_templates",
    },
    "workflow_job_template_nodes": dict.fromkeys(
        ("success_nodes", "failure_nodes", "always_nodes"), "workflow_job_template_nodes"
    ),
}
QUESTIONS = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}
MAIL = {
    "host",
    "port",
    "username",
    "password",
    "use_tls",
    "use_ssl",
    "sender",
    "recipients",
    "timeout",
}
Object = dict[str, Any]


class Refused(Exception):
    """A request that AWX does not take."""


class Controller:
    """The objects of AWX by kind and id, and the requests that came; *project* is the folder that its project holds."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.objects: dict[str, dict[int, Object]] = {kind: {} for kind in KINDS}
        self.lists: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[int, Object] = {}
        self.writes: list[tuple[str, str, Any]] = []
        self.lock = threading.Lock()
        self._last = 0
        galaxy = self._store("credential_types", {"name": "Ansible Galaxy/Automation Hub API Token", "kind": "galaxy"})
        self._store("credentials", {"name": "Ansible Galaxy", "credential_type": galaxy["id"], "inputs": {}})

    def state(self) -> Any:
        """Return all that is kept, as a copy."""
        lists = {" ".join(map(str, key)): ids for key, ids in self.lists.items()}
        return json.loads(json.dumps([self.objects, lists, self.surveys]))

    def named(self, kind: str, name: str) -> Object:
        key = "identifier" if kind == "workflow_job_template_nodes" else "name"
        (found,) = (one for one in self.objects[kind].values() if one[key] == name)
        return found

    def names(self, kind: str, number: int, listed: str) -> list[str]:
        """Return the names of the objects in one of an object's lists."""
        other = LISTS[kind][listed]
        key = "identifier" if other == "workflow_job_template_nodes" else "name"
        return [self.objects[other][one][key] for one in self.lists.get((kind, number, listed), [])]

    # -- requests -----------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        """Return the status and the answer of a request; *path* comes after /api/v2/."""
        kind, *rest = path.strip("/").split("/")
        if method != "GET":
            self.writes.append((method, path, body))
        if kind == "unified_job_templates":
            return 200, _page([self.shown("job_templates", one) for one in self._found("job_templates", query)])
        if kind not in KINDS:
            raise Refused(f"no such kind: {kind}")
        if not rest:
            if method == "GET":
                return 200, _page([self.shown(kind, one) for one in self._found(kind, query)])
            return 201, self.shown(kind, self.create(kind, body))
        number = int(rest[0])
        if len(rest) > 1:
            return self._part(method, kind, number, rest[1], body)
        if method == "PATCH":
            self.update(kind, number, body)
        elif method != "GET":
            raise Refused(f"{method} {path}")
        return 200, self.shown(kind, self.objects[kind][number])

    def _found(self, kind: str, query: Mapping[str, str]) -> Iterator[Object]:
        for one in self.objects[kind].values():
            if all(str(one.get(name, "")) == value for name, value in query.items() if name != "type"):
                yield one

    def _part(self, method: str, kind: str, number: int, part: str, body: Any) -> tuple[int, Any]:
        if part == "survey_spec":
            if method == "POST":
                self.surveys[number] = checked_survey(body)
            return 200, self.surveys.get(number, {})
        if part == "create_approval_template":
            known = {name: value for name, value in body.items() if name in KINDS["workflow_approval_templates"]}
            made = self._store("workflow_approval_templates", known)
            self.objects[kind][number]["unified_job_template"] = made["id"]
            return 201, self.shown("workflow_approval_templates", made)
        if part not in LISTS.get(kind, {}):
            raise Refused(f"no such list: {kind}/{part}")
        ids = self.lists.setdefault((kind, number, part), [])
        other = LISTS[kind][part]
        if method == "GET":
            return 200, _page([self.shown(other, self.objects[other][one]) for one in ids])
        if body["id"] not in self.objects[other]:
            raise Refused(f"no such {other}: {body['id']}")
        if body.get("disassociate"):
            ids.remove(body["id"])
        else:
            ids.append(body["id"])
        return 204, None

    # -- objects ------------------------------------------------------------------------------------------------------

    def create(self, kind: str, body: Mapping[str, Any]) -> Object:
        body = {name: value for name, value in body.items() if name != "type"}
        self._check(kind, body, body)
        return self._store(kind, body)

    def _store(self, kind: str, body: Mapping[str, Any]) -> Object:
        self._last += 1
        defaults = {name: None if isinstance(value, tuple) else value for name, value in KINDS[kind].items()}
        self.objects[kind][self._last] = {**defaults, **body, "id": self._last}
        return self.objects[kind][self._last]

    def update(self, kind: str, number: int, body: Mapping[str, Any]) -> None:
        if kind == "workflow_approval_templates":  # AWX ignores what is about the node
            body = {name: value for name, value in body.items() if name in KINDS[kind]}
        kept = self.objects[kind][number]
        if kind == "credentials":
            secrets = {name: kept["inputs"][name] for name, value in body["inputs"].items() if value == HIDDEN}
            body = {**body, "inputs": {**body["inputs"], **secrets}}
        self._check(kind, body, {**kept, **body})
        kept.update(body)

    def shown(self, kind: str, one: Object) -> Object:
        """Return an object as AWX shows it."""
        url = f"/api/v2/{kind}/{one['id']}/"
        related = {"survey_spec": f"{url}survey_spec/", "update": f"{url}update/"}
        if kind == "workflow_job_template_nodes" and one["unified_job_template"]:
            number = one["unified_job_template"]
            target = next(name for name in KINDS[kind]["unified_job_template"] if number in self.objects[name])
            related["unified_job_template"] = f"/api/v2/{target}/{number}/"
        shown = {**one, "type": kind[:-1], "url": url, "related": related, "summary_fields": {}}
        if kind == "credentials":
            secrets = self._secrets(one)
            shown["inputs"] = {name: HIDDEN if name in secrets else value for name, value in one["inputs"].items()}
        if kind == "notification_templates":
            configuration = dict(one["notification_configuration"])
            if configuration.get("password"):
                configuration["password"] = HIDDEN
            shown["notification_configuration"] = configuration
        return shown

    def _secrets(self, credential: Object) -> set[str]:
        kind = self.objects["credential_types"][credential["credential_type"]]
        return {one["id"] for one in kind["inputs"].get("fields", ()) if one.get("secret")}

    # -- refusals -----------------------------------------------------------------------------------------------------

    def _check(self, kind: str, body: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        for name, value in body.items():
            if name not in KINDS[kind]:
                raise Refused(f"{kind} have no field {name}")
            allowed = KINDS[kind][name]
            if isinstance(allowed, tuple):
                if not any(value in self.objects[other] for other in allowed):
                    raise Refused(f"{kind}: {name} {value} does not exist")
            elif allowed is not None and value is not None and type(value) is not type(allowed):
                raise Refused(f"{kind}: {name} is {value!r}")
        check = getattr(self, f"_check_{kind}", None)
        if check:
            check(whole)

    def _check_credential_types(self, one: Mapping[str, Any]) -> None:
        fields = one["inputs"]["fields"]
        for field in fields:
            if (
                not {"id", "label", "type"}
                <= field.keys()
                <= {"id", "label", "type", "secret", "multiline", "help_text"}
            ):
                raise Refused(f"field {field}")
        # AWX renders each template with an example for every field, and strictly.
        rendered(one, {field["id"]: "EXAMPLE" for field in fields}, undefined=StrictUndefined)

    def _check_credentials(self, one: Mapping[str, Any]) -> None:
        inputs = self.objects["credential_types"][one["credential_type"]]["inputs"]
        known = {field["id"] for field in inputs["fields"]}
        if not set(inputs["required"]) <= one["inputs"].keys() <= known or not all(one["inputs"].values()):
            raise Refused(f"inputs of a credential: {sorted(one['inputs'])}")

    def _check_job_templates(self, one: Mapping[str, Any]) -> None:
        path = self.project / one["playbook"]
        if not path.is_file() or not HOSTS.search(path.read_text(encoding="utf-8")):
            raise Refused(f"playbook not found for project: {one['playbook']}")
        if not isinstance(json.loads(one["extra_vars"]), dict):
            raise Refused("extra_vars are no mapping")

    def _check_inventory_sources(self, one: Mapping[str, Any]) -> None:
        if one["source"] != "scm" or not (self.project / one["source_path"]).is_file():
            raise Refused(f"inventory source: {one['source_path']}")

    def _check_notification_templates(self, one: Mapping[str, Any]) -> None:
        if one["notification_type"] == "email" and set(one["notification_configuration"]) != MAIL:
            raise Refused(f"missing or unknown: {MAIL ^ set(one['notification_configuration'])}")

    def _check_schedules(self, one: Mapping[str, Any]) -> None:
        if not re.fullmatch(
            r"DTSTART(;TZID=[A-Za-z/_]+)?:\d{8}T\d{6}Z? RRULE:.*FREQ=[A-Z]+;INTERVAL=\d+.*", one["rrule"]
        ):
            raise Refused(f"rrule: {one['rrule']}")


def rendered(
    kind: Mapping[str, Any], values: Mapping[str, Any], folder: str = "/runner/env", **settings: Any
) -> dict[str, dict[str, str]]:
    """Return what a credential of a type injects into a job: environment variables, and files of *folder* by labels."""
    environment = ImmutableSandboxedEnvironment(**settings)
    variables = kind["injectors"]["env"]
    files = {label.partition(".")[2]: text for label, text in kind["injectors"].get("file", {}).items()}
    names = {"tower": {"filename": {label: f"{folder}/{label}" for label in files}}}
    try:
        return {
            "env": {name: environment.from_string(text).render(**values, **names) for name, text in variables.items()},
            "file": {label: environment.from_string(text).render(**values) for label, text in files.items()},
        }
    except TemplateError as error:
        raise Refused(f"injectors: {error}") from None


def checked_survey(spec: Any) -> Object:
    """Return a survey as AWX keeps it."""
    if not isinstance(spec, dict) or not {"name", "description", "spec"} <= spec.keys() or not spec["spec"]:
        raise Refused("a survey has name, description and spec")
    variables = [one["variable"] for one in spec["spec"]]
    if len(set(variables)) < len(variables):
        raise Refused("a variable is asked for twice")
    for one in spec["spec"]:
        if one["type"] not in QUESTIONS or not one["question_name"] or not isinstance(one["required"], bool):
            raise Refused(f"question {one}")
        choices = one["choices"].splitlines() if isinstance(one["choices"], str) else one["choices"]
        if one["type"].startswith("multi") and (not choices or one["default"] not in ["", *choices]):
            raise Refused(f"choices of {one['variable']}")
    return dict(spec)


def _page(results: list[Object]) -> Object:
    return {"count": len(results), "next": None, "previous": None, "results": results}


@contextmanager
def running(controller: Controller) -> Iterator[str]:
    """Serve a controller; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            with controller.lock:
                try:
                    path = parts.path.removeprefix("/api/v2/")
                    status, answer = controller.answer(self.command, path, dict(parse_qsl(parts.query)), body)
                except Refused as refused:
                    status, answer = 400, {"detail": str(refused), "__all__": [str(refused)], "error": str(refused)}
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _respond

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
