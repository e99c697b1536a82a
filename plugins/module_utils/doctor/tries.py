# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What creating objects shows of each assumption; all of them are the doctor's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ..model.spelling import whole_number
from .counts import judged, limited_lists, numbers_of
from .looks import admin_entities_of
from .probe import Seen
from .reading import lists_of
from .report import Finding, Note, Spoken
from .scratch import Raw
from .trial import Trial

ODD = " E\u0301\xc9'\"\\ x "
"""A first name with everything that a server may keep otherwise."""
LATE = 10.0
"""For how many seconds a provisioning number is waited for."""
RINGING = 33
Found = Iterator[tuple[int, Finding]]


def answers(trial: Trial) -> Found:
    """Create the first entity; see what its answer is and when it shows."""
    scratch = trial.scratch
    made = scratch.make("entities", trial.entity("a", (0, 4), (5, 8), (12, 12)))
    if made is None or scratch.first is None:
        yield from _refused(trial)
        return
    yield 24, _body_of(scratch.first)
    trial.here = made
    lag = scratch.lag or 0.0
    yield 31, Spoken("list_lag", f"{lag:.1f}" if lag else "0")
    yield 6, Note("a new entity is listed")
    trial.there = scratch.make("entities", trial.entity("b", (20, 29))) or {}


def _refused(trial: Trial) -> Found:
    """Say why nothing can be tried: the first entity is refused."""
    refusal = trial.scratch.refusal
    status = refusal.status if refusal else 0
    if status < 300 and not trial.can_write():
        yield 24, Spoken("lies", "writes")
    else:
        text = f"an entity can't be created ({status})"
        if status in (401, 403):
            yield 24, Note(text, differs=True, advice="use a super-administrator for scratch objects")
        else:
            yield 24, Note(text, differs=True, advice="report this")


def _body_of(seen: Seen) -> Finding:
    """Return what the answer to a creation is."""
    body, kind = seen.answer.body.strip(), seen.answer.kind
    if seen.status == 204:
        return Spoken("write_body", "no_content")
    if not body:
        return Spoken("write_body", "location" if seen.answer.headers.get("Location") else "none")
    if isinstance(seen.data, dict) and "id" in seen.data:
        return Spoken("write_body", "object" if len(seen.data) > 1 else "id")
    if seen.data is None and kind != "text/html":
        return Spoken("write_body", "text")
    return Note("something else", differs=True, advice="report this")


def intervals(trial: Trial) -> Found:
    spans = trial.here.get("intervals")
    if isinstance(spans, list):
        yield 23, Spoken("store_intervals", "merged" if len(spans) < 3 else "kept")
        single = [span for span in spans if span.get("start") == trial.scratch.number(12)]
        ends = {"": "empty", None: "null" if single and "end" in single[0] else "absent"}
        for span in single:
            value = "same" if span.get("end") == span["start"] else ends.get(span.get("end"), "empty")
            yield 16, Spoken("interval_end", value)


def free_numbers(trial: Trial) -> Found:
    seen = trial.scratch.probe.get(f"{trial.scratch.path('entities', trial.there)}/available_numbers")
    free = seen.elements
    if free and all(isinstance(one, (int, float)) for one in free):
        yield 19, Spoken("available_numbers", "integers")
    elif free:
        yield 19, Spoken("available_numbers", judged(list(map(str, free)), numbers_of(trial.there) or []))


def overlaps(trial: Trial) -> Found:
    scratch = trial.scratch
    made = scratch.make("entities", trial.entity("o", (2, 3)))
    yield 20, Spoken("overlapping_intervals", "allowed" if trial.gone_if_made("entities", made) else "refused")


def templates(trial: Trial) -> Found:
    scratch, places = trial.scratch, [one for one in (trial.here, trial.there) if one]
    if any(trial.add_template(what, places, prefix) is None for what, prefix in (("t1", "01"), ("t2", "02"))):
        return
    seconds = trial.templates[0].get("ringingTime")
    if seconds is not None:
        yield 23, Spoken("store_ringing_time", "kept" if whole_number(seconds) == RINGING else "rounded")
    twin = scratch.make("templates", trial.template("t1", places))
    yield 21, Spoken("duplicate_names", "allowed" if trial.gone_if_made("templates", twin) else "refused")
    seen = scratch.edit("templates", trial.templates[0], {**trial.template("t1", places), "ringingTime": "x"})
    if seen.is_refusal:
        yield 24, Spoken("lies", "refusals" if seen.status < 300 else "none")


def first_user(trial: Trial) -> Found:
    scratch = trial.scratch
    if not trial.templates:
        return
    before = _slots(trial)
    user = scratch.make("users", {**trial.whole, "firstName": ODD}, trial.here)
    if user is None:
        return
    trial.user = user
    after = _slots(trial)
    if before is not None and after is not None:
        yield 37, Spoken("remaining_slots", "users" if after == before - 1 else "fixed")
    yield from _kept_text(trial, user)
    if user.get("provisioningNumber"):
        yield 30, Spoken("provisioning", "at_once")
    elif "provisioningNumber" in user:
        later = scratch.wait_for(lambda: scratch.show("users", user).get("provisioningNumber"), LATE)
        yield 30, Spoken("provisioning", "late" if later else "never")


def _slots(trial: Trial) -> int | None:
    shown = trial.scratch.show("xivo", trial.scratch.xivo).get("remainingSlots")
    return whole_number(shown)


def _kept_text(trial: Trial, user: Raw) -> Found:
    """Compare the texts of a user with what was sent."""
    sent = trial.whole
    name, login, first = (str(user.get(key)) for key in ("lastName", "ctiLogin", "firstName"))
    if name == sent["lastName"].upper():
        yield 23, Spoken("store_case", "upper_names")
    elif "ctiLogin" in user:
        yield 23, Spoken("store_case", "lower_logins" if login == sent["ctiLogin"].lower() else "kept")
    inner = ODD.strip()
    yield 23, Spoken("store_blanks", "trimmed" if first == first.strip() else "kept")
    forms = {unicodedata.normalize("NFC", inner): "composed", unicodedata.normalize("NFD", inner): "decomposed"}
    if first.strip() == inner:
        yield 23, Spoken("store_form", "kept")
    elif first.strip() in forms:
        yield 23, Spoken("store_form", forms[first.strip()])
    else:
        yield 23, Note("a name with accents and signs comes back otherwise", differs=True, advice="report this")


def second_user(trial: Trial) -> Found:
    """Try what may be unique: numbers in an entity, CTI logins; and a number outside of the intervals."""
    scratch = trial.scratch
    if not trial.user:
        return
    again = scratch.make("users", trial.person("u2", 1), trial.here)
    yield 20, Spoken("duplicate_numbers", "allowed" if trial.gone_if_made("users", again) else "refused")
    outside = scratch.make("users", trial.person("u3", 90), trial.here)
    yield 20, Spoken("numbers_outside", "allowed" if trial.gone_if_made("users", outside) else "refused")
    same: Raw = {"ctiLogin": trial.login, "ctiPassword": trial.password}
    free = scratch.make("users", trial.person("u4", 2, **same), trial.here)
    if trial.gone_if_made("users", free):
        yield 22, Spoken("cti_logins", "free")
    elif trial.there:
        other = scratch.make("users", trial.person("u5", 20, trial.there, **same), trial.there)
        if trial.gone_if_made("users", other):
            yield 22, Spoken("cti_logins", "entity")
        else:
            yield 22, Note("")


def template_scope(trial: Trial) -> Found:
    scratch = trial.scratch
    if not (trial.templates and trial.there):
        return
    for what, entities, dialect, values in (
        ("t3", [trial.there], "template_scope", ("free", "enforced")),
        ("t4", [], "template_without_scope", ("everybody", "nobody")),
    ):
        place = trial.add_template(what, entities)
        if place is None:
            continue
        person = trial.person("u6", 3, template=place)
        allowed = trial.gone_if_made("users", scratch.make("users", person, trial.here))
        yield 27, Spoken(dialect, values[0] if allowed else values[1])
        if dialect == "template_scope" and allowed:
            return


def administrators(trial: Trial) -> Found:
    """Create an administrator with limited rights; refuse him, let him in, and see what he is shown."""
    scratch = trial.scratch
    made = scratch.make("administrators", trial.administrator("a"))
    if made is None:
        return
    for finding in admin_entities_of([made]):
        yield 14, finding
    without = {key: value for key, value in trial.administrator("a").items() if key != "password"}
    seen = scratch.edit("administrators", made, without)
    yield 28, Spoken("edit_password", "required" if seen.is_refusal else "optional")
    login = str(made.get("login"))
    refused = scratch.probe.log_in(login, f"{trial.password}x")
    yield 2, _refused_login(trial, refused)
    entered = scratch.probe.log_in(login, trial.password)
    if entered.status < 300 and entered.answer.cookie:
        for finding in limited_lists(lists_of(scratch.probe, entered.answer.cookie)):
            yield 35, finding


def _refused_login(trial: Trial, seen: Seen) -> Finding:
    if seen.status in (401, 403):
        return Spoken("login_refused", str(seen.status))
    if seen.status < 300 and not seen.answer.cookie:
        return Spoken("login_refused", "no_cookie")
    if seen.status < 300:
        opens = trial.scratch.probe.get("/xivo", cookie=seen.answer.cookie).is_data
        text = "a wrong password lets in"
        return Note(text, differs=True, advice="report this") if opens else Spoken("login_refused", "useless_cookie")
    return Note(f"status {seen.status}", differs=True, advice="report this")
