# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside knows of XCI: the assumptions of this collection, and which dialects of the sandbox play each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One assumption; *otherwise* is what the collection does where it is not so.

    *dialects* are the names of what the sandbox can play. The first value of each is what the sandbox does by itself.
    """

    number: int
    assumption: str
    otherwise: str
    dialects: tuple[str, ...] = ()


ROWS = (
    Row(1, "a login is answered with a 2xx status and a cookie, of any name",
        "all cookies are sent back", ("cookie_name", "cookies")),
    Row(2, "a refused login is 401, 403, or 200 without a cookie",
        "a cookie that opens nothing is tried with one read", ("login_refused",)),
    Row(3, "a request without a session is 401, 403, a redirect or a page",
        "any other status is an error", ("expired",)),
    Row(4, "a session lasts; a later Set-Cookie can be ignored",
        "the renewed cookie is taken; where an administrator has one session only, the error says so",
        ("session_cookie", "sessions")),
    Row(5, "templates are a bare array, the other lists are under items",
        "both shapes are read for each list", ("list_shape",)),
    Row(6, "lists are whole",
        "a part of a list is an error, nothing is written", ("list_part",)),
    Row(7, "the order of a list means nothing",
        "what is shown is sorted", ("list_order",)),
    Row(8, "ids and seconds are numbers, flags are true and false",
        "any spelling is read", ("whole_numbers", "flags")),
    Row(9, "answers are application/json in UTF-8",
        "JSON is read by its content; another encoding is an error that says so",
        ("content_type", "charset", "slashes")),
    Row(10, "unknown keys survive a PUT that sends them",
        "they are sent back as they are", ("extra_keys",)),
    Row(11, "a combinedId is name@uuid, and its path takes %40",
        "the combinedId is used as it is given", ("combined_id", "entity_path")),
    Row(12, "the entity of a user is a whole object, and the one in whose list he stands",
        "where a user says to which entity he belongs, that counts; otherwise the list",
        ("user_entity", "entity_users")),
    Row(13, "an entity shows its whole XiVO, a template ids of XiVOs and combinedIds of entities",
        "references are read in any shape", ("entity_xivo", "template_references", "voice_mail_mode", "hosts")),
    Row(14, "the entities of an administrator are ids, combinedIds or objects",
        "null is not known, and left alone", ("admin_entities",)),
    Row(15, "ctiPassword is hidden, masked or shown, and kept by a PUT without it",
        "a warning; what is sent is listed", ("cti_password", "edit_cti_password")),
    Row(16, "an interval of a single number has an empty end",
        "absent, null and the start itself mean the same", ("interval_end",)),
    Row(17, "list and get show a user alike, but for fields that are only read",
        "what the list shows counts; what it leaves out is read of each user alone where it matters", ("listed_user",)),
    Row(18, "an unknown id is 404, 400, 410 or 500",
        "any other status is an error", ("deleted_status", "errors")),
    Row(19, "available_numbers shows all free numbers, sorted, as text",
        "XCI is asked again when the list is used up; an empty answer is believed", ("available_numbers",)),
    Row(20, "numbers are digits, unique in an entity and inside of its intervals",
        "what XCI refuses is passed on; duplicates are reported",
        ("missing_number", "duplicate_numbers", "numbers_outside", "overlapping_intervals")),
    Row(21, "names of XiVOs and templates are unique, those of entities on their XiVO",
        "a name that several have is an error that lists them", ("duplicate_names",)),
    Row(22, "a CTI login is unique on its XiVO",
        "what XCI refuses is passed on", ("cti_logins",)),
    Row(23, "text is kept as it was sent: case, accents, blanks, length",
        "what XCI keeps otherwise is reported with what to write instead",
        ("store_case", "store_blanks", "store_form", "store_length", "store_ringing_time", "store_intervals")),
    Row(24, "a write is answered with any 2xx status and any body",
        "an answer that speaks of an error is one; what was written is read again",
        ("write_body", "lies", "configure")),
    Row(25, "PUT replaces the whole object",
        "the whole object is sent in any case", ("put",)),
    Row(26, "PUT of a user needs templateId, and does not apply the template again",
        "the template goes along with a PUT, which is listed in sends and losses",
        ("edit_template", "edit_template_effect")),
    Row(27, "a template is limited to its XiVOs and entities; with neither, everybody or nobody can have it",
        "an error before writing, where that is known", ("template_scope", "template_without_scope")),
    Row(28, "PUT of an administrator needs the password",
        "a missing password is an error", ("edit_password",)),
    Row(29, "deleting an entity with users, or a template in use, is refused or cascades",
        "users of an entity are counted and removed first, if that is asked for",
        ("delete_dependents", "delete_used_template")),
    Row(30, "a user has a provisioning number at once, and keeps it",
        "it may be empty, and is not waited for", ("provisioning",)),
    Row(31, "a write shows in the next read",
        "what a run wrote is known to that run; reading back goes on for read_back_timeout seconds", ("list_lag",)),
    Row(32, "references follow an entity that is renamed or moved",
        "references to nothing are reported", ("references",)),
    Row(33, "eight writes at once are safe",
        "fewer are sent at once after a 503; parallelism sets how many", ("writes_at_once",)),
    Row(34, "nothing takes longer than the time-out",
        "the option timeout", ("users_seconds",)),
    Row(35, "an administrator with limited rights gets 403, empty or shorter lists",
        "what is not shown is left out, and said", ("limited_admins",)),
    Row(36, "a proxy does not limit requests, and keeps connections",
        "all wait as long as XCI asks for, and fewer are sent at once", ("rate_limit", "body_limit", "keep_alive")),
    Row(37, "remainingSlots counts the users of a XiVO",
        "it is only shown", ("remaining_slots",)),
    Row(38, "synchronising the XiVOs is done when its answer comes",
        "it is only called by a handler", ("synchronize_seconds",)),
)  # fmt: skip

NEVER_TRIED = (
    "the doctor never creates a XiVO, never calls synchronize_config_files, and removes nothing that it did not create"
)
