# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changing, moving and removing objects shows of each assumption; all of them are the doctor's own."""

from __future__ import annotations

from ..api.cancellation import threads
from .report import Note, Spoken
from .scratch import Raw
from .trial import CONTEXT, Trial
from .tries import Found

LONG = 128
AT_ONCE = 8


def unknown_keys(trial: Trial) -> Found:
    """Send an entity back as it is, with the keys that the API's page does not know."""
    raw = trial.scratch.show("entities", trial.here)
    extra = raw.keys() - {*CONTEXT, *trial.entity("a")}
    if not extra:
        return
    seen = trial.scratch.edit("entities", trial.here, {**raw, "xivoId": trial.entity("a")["xivoId"]})
    if not seen.is_refusal:
        lost = extra - trial.scratch.show("entities", trial.here).keys()
        yield 10, Spoken("extra_keys", "lost" if lost else "yes")


def replacing(trial: Trial) -> Found:
    """Leave keys out of a PUT."""
    scratch = trial.scratch
    if not trial.user:
        return
    bare = trial.person("u1", 1)
    seen = scratch.edit("users", trial.user, bare)
    if not seen.is_refusal:
        merges = bool(scratch.show("users", trial.user).get("ctiLogin"))
        yield 25, Spoken("put", "merge" if merges else "replace")
    scratch.edit("users", trial.user, trial.whole)
    seen = scratch.edit("users", trial.user, {**bare, "ctiLogin": trial.login})
    shown = scratch.show("users", trial.user)
    if not seen.is_refusal and trial.user.get("ctiPassword"):
        yield 15, Spoken("edit_cti_password", "kept" if shown.get("ctiPassword") else "cleared")
    scratch.edit("users", trial.user, trial.whole)


def template_of_an_edit(trial: Trial) -> Found:
    scratch = trial.scratch
    if not trial.user:
        return
    without = {key: value for key, value in trial.whole.items() if key != "templateId"}
    seen = scratch.edit("users", trial.user, without)
    yield 26, Spoken("edit_template", "required" if seen.is_refusal else "optional")
    before = str(trial.user.get("externalNumber"))
    other = trial.person("u1", 1, template=1)["templateId"]
    seen = scratch.edit("users", trial.user, {**trial.whole, "templateId": other})
    after = str(scratch.show("users", trial.user).get("externalNumber"))
    if not seen.is_refusal and before == f"01{trial.whole['internalNumber']}":
        yield 26, Spoken("edit_template_effect", "reapplied" if after.startswith("02") else "none")


def long_text(trial: Trial) -> Found:
    scratch, text = trial.scratch, "x" * LONG
    if not trial.user:
        return
    seen = scratch.edit("users", trial.user, {**trial.whole, "firstName": text})
    if seen.is_refusal:
        yield 23, Spoken("store_length", "refused")
    else:
        shown = scratch.show("users", trial.user).get("firstName")
        yield 23, Spoken("store_length", "kept" if shown == text else "cut")


def moving(trial: Trial) -> Found:
    scratch = trial.scratch
    before = scratch.show("users", trial.user).get("provisioningNumber") if trial.user and trial.there else None
    if not before:
        return
    seen = scratch.edit("users", trial.user, trial.person("u1", 21, trial.there))
    after = scratch.show("users", trial.user).get("provisioningNumber")
    if not seen.is_refusal and after != before:
        yield 30, Spoken("provisioning", "renewed")


def renaming(trial: Trial) -> Found:
    scratch = trial.scratch
    if not (trial.there and trial.templates):
        return
    seen = scratch.edit("entities", trial.there, trial.entity("b2", (20, 29)))
    if seen.is_refusal:
        return
    old = trial.there["combinedId"]
    listed = scratch.wait_for(lambda: next((one for one in scratch.entities_now() if _is(one, trial.there)), None), 2)
    new = listed.get("combinedId") if listed else None
    if new == old or new is None:
        return
    trial.there = listed
    named = scratch.show("templates", trial.templates[0]).get("entities") or []
    keys = [one.get("combinedId") if isinstance(one, dict) else one for one in named]
    yield 32, Spoken("references", "dangle" if old in keys else "follow")


def _is(one: Raw, other: Raw) -> bool:
    """Return whether this is the other one after it was renamed."""
    return one.get("id") == other.get("id") and one.get("name") != other.get("name")


def deleting(trial: Trial) -> Found:
    scratch = trial.scratch
    if not trial.templates:
        return
    place = trial.add_template("t5", [trial.here])
    user = None if place is None else scratch.make("users", trial.person("u7", 4, template=place), trial.here)
    if place is not None and user is not None:
        refused = scratch.drop("templates", trial.templates[place]).is_refusal
        left = bool(scratch.show("users", user))
        yield 29, Spoken("delete_used_template", "refused" if refused else "allowed" if left else "cascade")
    crowded = scratch.make("entities", trial.entity("d", (30, 39)))
    place = None if crowded is None else trial.add_template("t6", [crowded])
    if crowded is None or place is None:
        return
    if scratch.make("users", trial.person("u8", 30, crowded, place), crowded) is not None:
        refused = scratch.drop("entities", crowded).is_refusal
        yield 29, Spoken("delete_dependents", "refused" if refused else "cascade")


def at_once(trial: Trial) -> Found:
    """Create some templates at the same time; each has to be there then."""
    scratch = trial.scratch
    if not trial.here:
        return
    bodies = [trial.template(f"p{place}", [trial.here]) for place in range(AT_ONCE)]
    with threads(AT_ONCE, scratch.probe.client.cancellation) as pool:
        seen = list(pool.map(lambda body: scratch.probe.write("POST", "/templates", body), bodies))
    done = sum(not one.is_refusal for one in seen)
    shown = scratch.wait_for(lambda: len(scratch.named("templates", "-p")) >= done, max(1.0, 2 * (scratch.lag or 0)))
    if done < AT_ONCE:
        yield 33, Spoken("writes_at_once", "one")
    elif shown:
        yield 33, Spoken("writes_at_once", "many")
    else:
        yield 33, Note("some writes were lost", differs=True, advice="set parallelism: 1, and report this")
