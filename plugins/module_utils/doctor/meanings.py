# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each answer of an XCI means for this collection: the words of the report, by dialect and its value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What a value of a dialect is in words.

    *differs* is whether the assumption does not hold then. *advice* is what to do, and *stops* is whether this
    collection can't work with such an XCI. ``{value}`` is the value.
    """

    text: str
    differs: bool = True
    advice: str = ""
    stops: bool = False


def _fine(text: str, advice: str = "") -> Meaning:
    return Meaning(text, differs=False, advice=advice)


def _stop(text: str, advice: str) -> Meaning:
    return Meaning(text, advice=advice, stops=True)


_SPELLING = "take XCI's spelling into the documents, or each run writes it again"
_PARTS = "report this: this collection can't read the rest of a list, and writes nothing"

MEANINGS = {
    ("cookie_name", ""): _fine("the session's cookie has another name"),
    ("cookies", "several"): _fine("several cookies, all of them needed"),
    ("login_refused", "403"): _fine("403"),
    ("login_refused", "no_cookie"): _fine("200 without a cookie"),
    ("login_refused", "useless_cookie"): Meaning(
        "a wrong password is answered with a cookie that opens nothing",
        advice="report this; where a login fails, check xci_login and xci_password first",
    ),
    ("expired", "403"): _fine("403"),
    ("expired", "redirect"): _fine("a redirect"),
    ("expired", "html"): _fine("a page"),
    ("expired", "440"): Meaning(
        "another status", advice="report this; avoid runs that last longer than a session of XCI"
    ),
    ("session_cookie", "renewed"): Meaning("each answer renews the session's cookie"),
    ("sessions", "one"): Meaning(
        "a login ends the other sessions of that administrator",
        advice="set up an administrator for Ansible alone, and avoid two runs at once",
    ),
    ("list_shape", "items"): Meaning("templates are under items, too"),
    ("list_shape", "bare"): Meaning("all lists are bare arrays"),
    ("list_part", "counted"): Meaning("a total stands beside the lists, which are whole"),
    ("list_part", "total"): _stop("lists show a part, and a total beside it", _PARTS),
    ("list_part", "next"): _stop("lists have a key for the next part", _PARTS),
    ("list_part", "link"): _stop("lists show a part, and a Link to the next", _PARTS),
    ("list_part", "silent"): _stop("lists show a part and do not say so", _PARTS),
    ("list_order", "shuffled"): _fine("it varies"),
    ("list_lag", ""): Meaning(
        "it took about {value} seconds until a list showed a write",
        advice="set read_back_timeout to more than {value} seconds if it is less",
    ),
    ("whole_numbers", "text"): Meaning("ids and seconds are text"),
    ("whole_numbers", "floats"): Meaning("ids and seconds have a fraction"),
    ("flags", "text"): Meaning("flags are text"),
    ("flags", "numbers"): Meaning("flags are numbers"),
    ("content_type", "html"): Meaning("JSON is called text/html"),
    ("content_type", "plain"): Meaning("JSON is called text/plain"),
    ("content_type", "none"): Meaning("JSON has no content type"),
    ("charset", "utf-8-bom"): Meaning("JSON begins with a byte order mark"),
    ("charset", "latin-1"): _stop(
        "JSON is encoded in Latin-1", "report this: accents can't be read; look for a proxy that changes the encoding"
    ),
    ("slashes", "plain"): _fine("slashes are written as they are"),
    ("errors", "json"): _fine("errors are JSON"),
    ("deleted_status", "400"): _fine("400"),
    ("deleted_status", "410"): _fine("410"),
    ("deleted_status", "500"): _fine("500"),
    ("extra_keys", "yes"): Meaning("entities or their intervals have keys that the API's page does not know"),
    ("extra_keys", "lost"): Meaning(
        "a PUT loses unknown keys of an entity although it sends them",
        advice="avoid changing entities with such keys, and report their names",
    ),
    ("combined_id", "opaque"): Meaning("it is another text, which stays when the entity is renamed"),
    ("entity_path", "encoded"): _fine("only %40 is taken"),
    ("entity_path", "raw"): _stop("a path with %40 is not found", "report this: entities can't be read by their path"),
    ("entity_users", "xivo"): Meaning("the list of an entity shows users of others, too"),
    ("entity_xivo", "id"): Meaning("an entity shows the id of its XiVO"),
    ("user_entity", "combined_id"): Meaning("it is a combinedId"),
    ("user_entity", "null"): Meaning("it is null"),
    ("user_entity", "absent"): Meaning("it is not there"),
    ("listed_user", "as_alone"): _fine("all of it"),
    ("listed_user", "short"): Meaning(
        "a list leaves out the CTI login, among others",
        advice="prefer match_on: internal_number; to be shown, changed or found by a login, each user is read alone",
    ),
    ("template_references", "objects"): Meaning("a template shows whole objects"),
    ("admin_entities", "ids"): _fine("ids"),
    ("admin_entities", "combined_ids"): _fine("combinedIds"),
    ("admin_entities", "null"): Meaning(
        "they are null", advice="avoid entities of administrators in documents: nothing shows what they are"
    ),
    ("cti_password", "shown"): _fine("it is shown in clear"),
    ("cti_password", "masked"): _fine("it is masked"),
    ("edit_cti_password", "cleared"): Meaning(
        "a PUT without it clears it", advice="give cti_password with each entry that has a cti_login"
    ),
    ("edit_cti_password", "kept"): _fine("it is kept"),
    ("missing_number", "empty"): _fine("who has no number has an empty one"),
    ("missing_number", "absent"): _fine("who has no number has no such key"),
    ("interval_end", "absent"): Meaning("it is absent"),
    ("interval_end", "same"): Meaning("it is the start"),
    ("interval_end", "null"): Meaning("it is null"),
    ("voice_mail_mode", "absent"): _fine("voiceMailNumberMode is absent where it is short_number"),
    ("hosts", "blank"): _fine("hosts are blank", "give each XiVO its host in the inventory"),
    ("remaining_slots", "fixed"): Meaning("it does not change with a user"),
    ("provisioning", "late"): Meaning("it shows some seconds later", advice="read it again later with xci_user_info"),
    ("provisioning", "never"): Meaning("no user has one", advice="look for it on the XiVO"),
    ("provisioning", "renewed"): Meaning(
        "a move to another entity changes it", advice="provision a telephone again after its user was moved"
    ),
    ("available_numbers", "capped"): Meaning("the list ends early"),
    ("available_numbers", "unsorted"): Meaning("the list is not sorted"),
    ("available_numbers", "integers"): Meaning(
        "they are numbers in JSON", advice="report this: leading zeros of telephone numbers are lost"
    ),
    ("available_numbers", "used_elsewhere"): Meaning("something else than users has numbers"),
    ("limited_admins", "forbidden"): _fine("403", "use a super-administrator for documents with XiVOs or templates"),
    ("limited_admins", "empty"): _fine("empty lists", "use a super-administrator: an empty list does not say that"),
    ("duplicate_names", "allowed"): Meaning(
        "several may have one name", advice="refer to namesakes by uuid, combinedId or id"
    ),
    ("duplicate_numbers", "allowed"): Meaning(
        "two users of an entity may have one number", advice="avoid two runs at once that create users"
    ),
    ("numbers_outside", "refused"): _fine("others are refused", "set numbers: inside, so that plans say it first"),
    ("overlapping_intervals", "allowed"): _fine("intervals of entities may overlap"),
    ("cti_logins", "entity"): Meaning("it is unique in its entity only", advice="give match_on: cti_login a search"),
    ("cti_logins", "xci"): Meaning("it is unique on all of XCI"),
    ("cti_logins", "free"): Meaning("it need not be unique", advice="avoid match_on: cti_login"),
    ("store_case", "upper_names"): Meaning("last names are kept in capitals", advice=_SPELLING),
    ("store_case", "lower_logins"): Meaning("logins are kept in small letters", advice=_SPELLING),
    ("store_blanks", "trimmed"): Meaning("blanks at the ends are cut"),
    ("store_form", "composed"): Meaning("accents are composed"),
    ("store_form", "decomposed"): Meaning("accents are decomposed"),
    ("store_length", "cut"): Meaning("long texts are cut", advice=_SPELLING),
    ("store_length", "refused"): Meaning("long texts are refused"),
    ("store_ringing_time", "rounded"): Meaning("ringing times are rounded", advice=_SPELLING),
    ("store_intervals", "merged"): Meaning("intervals side by side become one", advice=_SPELLING),
    ("write_body", "object"): _fine("the object"),
    ("write_body", "id"): _fine("an id"),
    ("write_body", "no_content"): _fine("204"),
    ("write_body", "location"): _fine("a Location"),
    ("write_body", "text"): _fine("a word"),
    ("lies", "refusals"): Meaning("a refusal is answered with 200 and an error in it"),
    ("lies", "writes"): _stop("writes are answered with 200 and do nothing", "report this: nothing can be written"),
    ("put", "merge"): Meaning("it leaves what it does not say"),
    ("edit_template", "optional"): Meaning("it can do without templateId"),
    ("edit_template_effect", "reapplied"): Meaning(
        "a PUT applies the template that it names", advice="set losses: refuse, and give each entry its template"
    ),
    ("template_scope", "free"): Meaning("a user can have any template"),
    ("template_without_scope", "nobody"): _fine("with neither, nobody can have it"),
    ("edit_password", "optional"): Meaning("it can do without the password"),
    ("delete_dependents", "cascade"): _fine("users go with their entity", "avoid force and purge of entities"),
    ("delete_used_template", "allowed"): _fine("users stay without a template"),
    ("delete_used_template", "cascade"): _fine("users go with their template", "avoid removing and purging templates"),
    ("references", "dangle"): Meaning(
        "templates keep the combinedId of before", advice="apply templates again after an entity was renamed or moved"
    ),
    ("writes_at_once", "one"): Meaning("a write is refused while another one is not done", advice="set parallelism: 1"),
    ("users_seconds", ""): _fine("a list of users takes about {value} seconds"),
    ("rate_limit", "retry_after"): Meaning("429 with Retry-After", advice="set parallelism: 2 for large documents"),
    ("rate_limit", "silent"): Meaning(
        "429 without Retry-After", advice="set parallelism: 2 and retries: 10 for large documents"
    ),
    ("keep_alive", "no"): Meaning("connections are closed after each answer"),
}
"""A value that is not here is what the sandbox does by itself, and is as assumed."""


USUAL = {
    "cookie_name": "PLAY_SESSION",
    "cookies": "one",
    "login_refused": "401",
    "expired": "401",
    "session_cookie": "lasting",
    "sessions": "many",
    "list_shape": "documented",
    "list_part": "whole",
    "list_order": "sorted",
    "list_lag": "0",
    "whole_numbers": "numbers",
    "flags": "booleans",
    "content_type": "json",
    "charset": "utf-8",
    "slashes": "escaped",
    "errors": "html",
    "deleted_status": "404",
    "extra_keys": "no",
    "combined_id": "name_at_uuid",
    "entity_path": "any",
    "entity_users": "own",
    "entity_xivo": "object",
    "user_entity": "object",
    "listed_user": "documented",
    "template_references": "documented",
    "admin_entities": "objects",
    "cti_password": "hidden",
    "missing_number": "null",
    "interval_end": "empty",
    "voice_mail_mode": "shown",
    "hosts": "shown",
    "remaining_slots": "users",
    "provisioning": "at_once",
    "available_numbers": "whole",
    "limited_admins": "shorter",
    "duplicate_names": "refused",
    "duplicate_numbers": "refused",
    "numbers_outside": "allowed",
    "cti_logins": "xivo",
    "overlapping_intervals": "refused",
    "template_scope": "enforced",
    "template_without_scope": "everybody",
    "edit_template": "required",
    "edit_password": "required",
    "write_body": "none",
    "put": "replace",
    "edit_cti_password": "cleared",
    "edit_template_effect": "none",
    "delete_dependents": "refused",
    "delete_used_template": "refused",
    "references": "follow",
    "store_case": "kept",
    "store_blanks": "kept",
    "store_form": "kept",
    "store_length": "kept",
    "store_ringing_time": "kept",
    "store_intervals": "kept",
    "configure": "works",
    "lies": "none",
    "writes_at_once": "many",
    "rate_limit": "none",
    "body_limit": "none",
    "keep_alive": "yes",
    "users_seconds": "0",
    "synchronize_seconds": "0",
}
"""What the sandbox does by itself, by dialect."""


def meaning(dialect: str, value: str) -> Meaning | None:
    """Return what a value means; None where there is nothing to say."""
    return MEANINGS.get((dialect, value)) or MEANINGS.get((dialect, ""))
