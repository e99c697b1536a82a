# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An XCI that answers from a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.tests.support.objects import (
    DEFAULT,
    DESK,
    LYON,
    LYON_DEFAULT,
    PARIS,
    SALES,
    admin,
    entity,
    items,
    path_of,
    template,
    user,
    xivo,
)

# The objects come along, so that a test has one place to import from.
__all__ = [
    "ADMINS",
    "DEFAULT",
    "DESK",
    "ENTITIES",
    "LYON",
    "LYON_DEFAULT",
    "PARIS",
    "SALES",
    "SETTINGS",
    "TEMPLATES",
    "WORLD",
    "XIVOS",
    "FakeClient",
    "Turns",
    "WorldNames",
    "admin",
    "entity",
    "items",
    "numbers",
    "path_of",
    "template",
    "user",
    "users",
    "xivo",
]

SETTINGS = Settings("http://127.0.0.1:9001/api/1.0", "admin", "made-up", timeout=5.0, retries=3)


class Turns:
    """Answers to the same request one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)


class FakeClient:
    """Answers each request that the test lists, such as ``"GET /xivo"``, and fails at any other.

    An answer that is an exception is raised. *calls* holds the requests in their order, *bodies* what was written.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.settings = SETTINGS
        self.cancellation = Cancellation()
        self.answers = dict(answers or {})
        self.calls: list[str] = []
        self.bodies: list[Any] = []
        self.secrets: list[str] = []

    def read(self, path: str) -> Any:
        return self._answer(f"GET {path}")

    def write(self, method: str, path: str, body: Any = None, secrets: Iterable[str] = ()) -> Any:
        self.bodies.append(body)
        self.secrets += secrets
        return self._answer(f"{method} {path}")

    def accepts(self, login: str, password: str) -> bool:
        return self._answer(f"LOGIN {login} {password}")

    def counted(self) -> dict[str, int]:
        methods = ("GET", "POST", "PUT", "DELETE")
        return {method: sum(call.startswith(method) for call in self.calls) for method in methods}

    def _answer(self, call: str) -> Any:
        self.calls.append(call)
        assert call in self.answers, f"{call} is not expected; so far there was {self.calls[:-1]}"
        answer = self.answers[call]
        if isinstance(answer, Turns):
            assert answer.answers, f"{call} came once too often"
            answer = answer.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith(("GET", "LOGIN"))]

    def body(self, call: str) -> Any:
        """Return what was sent with a write, such as ``PUT /users/5``."""
        return self.bodies[self.writes.index(call)]

    def forget(self) -> None:
        """Let *calls* and *bodies* begin afresh."""
        self.calls.clear()
        self.bodies.clear()


class WorldNames:
    """The labels and the keys of the objects above."""

    def __init__(self) -> None:
        self.unreadable: list[tuple[str, str, str]] = []

    labels: ClassVar = {
        ("xivo", 1): "paris",
        ("xivo", 2): "lyon",
        ("entity", 17): "default@paris",
        ("entity", 18): "sales@paris",
        ("entity", 27): "default@lyon",
        ("template", 3): "desk",
    }
    combined: ClassVar = {raw["id"]: raw["combinedId"] for raw in (DEFAULT, SALES, LYON_DEFAULT)}

    def label(self, kind: str, element: Any, _field: str) -> str:
        identity: Any = element["id"] if isinstance(element, Mapping) else element
        by_combined = {combined: number for number, combined in self.combined.items()}
        return self.labels[(kind, by_combined.get(identity, identity))]

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        self.unreadable.append((kind, key, seen))

    def key(self, kind: str, label: str, field: str) -> Any:
        identity = next(number for (of, number), text in self.labels.items() if (of, text) == (kind, label))
        return self.combined[identity] if field == "combined_id" else identity


XIVOS, ENTITIES, TEMPLATES, ADMINS = "GET /xivo", "GET /entities", "GET /templates", "GET /administrators"


def users(of: Any) -> str:
    return f"GET {path_of(of)}/users"


def numbers(of: Any) -> str:
    return f"GET {path_of(of)}/available_numbers"


WORLD = {
    XIVOS: items(PARIS, LYON),
    ENTITIES: items(DEFAULT, SALES, LYON_DEFAULT),
    TEMPLATES: [DESK],
    users(DEFAULT): items(user(5, "200", ctiLogin="zoe"), user(6, "201", firstName="Ann")),
    users(SALES): items(user(7, "200", SALES, firstName="Ann", ctiLogin="ann")),
    users(LYON_DEFAULT): items(user(8, "200", LYON_DEFAULT)),
    ADMINS: items(admin(1, "admin", superAdmin=True), admin(9, "bob", entities=[17])),
    numbers(DEFAULT): items("200", "201", "202"),
}
