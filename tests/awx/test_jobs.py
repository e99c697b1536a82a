# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each job template that awx.yml makes, run by ansible-runner with what AWX 24 would give to the job.

That is: a copy of the example as the project, the credential's variables and file, the inventory as a script, the
variables of the template, and the answers to its survey. Once, only what has to be answered is; once, all questions
are, and XCI has the certificate of a private CA.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.awx.controller import Controller, Object, rendered
from ansible_collections.xivo.xci.tests.awx.setup import EXAMPLE, set_up
from ansible_collections.xivo.xci.tests.reliability.certificates import Authority
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD

TEMPLATE = "Poste standard"
ANSWERED = "answered-made-up-password"
SURVEYS = sorted(path.stem for path in EXAMPLE.glob("surveys/*.json") if not path.stem.endswith(".fr"))
ASKED = [name for name in SURVEYS if name not in ("plan", "apply", "drift")]
"""The others have all they need, and no survey."""
EMPTY_INVENTORY = "provided hosts list is empty, only localhost is available"
"""Ansible's own warning, as long as XCI has no XiVO."""
RENEWED = re.compile(r"\r(?!\n)")
PEOPLE = "Login;Nom;Prénom;Poste;Site\nmcurie;Curie;Marie;;Nord\n"
EXPORT = "context,exten,firstname,lastname\naccueil,1001,Aïcha,Benkacem\n"
FILES = {"personnel.csv": PEOPLE, "nord.csv": EXPORT, "dialects.yml": "dialects: {}\n"}


@dataclass(frozen=True)
class Case:
    """The answers to a survey, and what comes of them: the code of the job, and a part of what it says."""

    answers: dict[str, str]
    says: str
    code: int = 0
    warns: bool = False
    """What of a person's may be lost is a warning that has to be there."""
    without: tuple[str, ...] = ()
    """The questions that are not answered even where all are, because others exclude them."""


EMPTY = {
    "audit": Case({}, "XA", code=2),
    "backup": Case({"xci_backup_dest": "backups"}, "hopital-nord/entities.yml"),
    "compare": Case({}, "missing required variable", code=2),
    "directory": Case({"xci_directory_dest": "directory.csv"}, "The directory has 11 people."),
    "doctor": Case({}, "as assumed"),
    "export": Case({"xci_export_directory": "exported"}, "Written: "),
    "leave": Case({"xci_leave_exports": "hopital-nord=nord.csv"}, "Compared "),
    "move": Case({"xci_move_who": "1002@accueil@hopital-nord", "xci_move_to": "pharmacie"}, "D'Hervé", warns=True),
    "offboard": Case({}, "xci_offboard_", code=2),
    "onboard": Case({"xci_onboard_entity": "accueil@hopital-nord"}, "missing required variable", code=2),
    "rehearse": Case({}, "The document works: 20 created"),
    "renumber": Case({"xci_renumber_entity": "accueil@hopital-nord"}, "missing required variable", code=2),
    "report": Case({"xci_report_dest": "report.html"}, "report.html"),
    "sync_people": Case({"xci_people_src": "personnel.csv", "xci_people_map": "people-map.yml"}, "1 joined, 0 moved"),
    "undo": Case({"xci_undo_file": "gone"}, "gone", code=2),
    "who": Case({"xci_who": "benkacem"}, "Found 1 person."),
}


FULL = {
    "audit": Case(
        {"xci_audit_dest": "out/audit.csv", "xci_audit_fail": "false", "xci_audit_ignore": "XA08, XA11"}, "finding"
    ),
    "backup": Case({"xci_backup_dest": "out/backups", "xci_rename": "hopital-nord=nord"}, "nord/entities.yml"),
    "compare": Case(
        {
            "xci_compare_url": "{xci_url}",
            "xci_compare_login": "{xci_login}",
            "xci_compare_password": "{xci_password}",
            "xci_compare_dest": "out/differences.csv",
            "xci_rename": "essai-nord=hopital-nord",
        },
        "differences",
        without=("xci_compare_with",),
    ),
    "directory": Case({"xci_directory_dest": "out/directory.csv"}, "The directory has "),
    "doctor": Case(
        {
            "xci_doctor_dest": "out/doctor.json",
            "xci_doctor_scratch": "true",
            "xci_doctor_xivo": "hopital-sud",
            "xci_doctor_yes": "true",
            "xci_doctor_second_login": "second",
            "xci_doctor_second_password": ANSWERED,
        },
        "as assumed",
        warns=True,
    ),
    "export": Case(
        {
            "xci_export_directory": "out/config",
            "xci_export_xivo": "hopital-nord",
            "xci_export_default_template": TEMPLATE,
            "xci_rename": "hopital-nord=nord",
        },
        "Written: ",
    ),
    "leave": Case({"xci_leave_exports": "hopital-nord=nord.csv", "xci_leave_dest": "out/leave"}, "Compared "),
    "move": Case(
        {
            "xci_move_who": "6200@maternite@hopital-sud",
            "xci_move_to": "accueil@hopital-nord",
            "xci_move_number": "next",
            "xci_losses": "warn",
        },
        "Cœurjoly",
        warns=True,
    ),
    "offboard": Case(
        {
            "xci_offboard_internal_number": "1060",
            "xci_offboard_cti_login": "leaver",
            "xci_offboard_entity": "accueil@hopital-nord",
            "xci_offboard_xivo": "hopital-nord",
        },
        "Leaver",
    ),
    "onboard": Case(
        {
            "xci_onboard_entity": "accueil@hopital-nord",
            "xci_onboard_first_name": "Pierre",
            "xci_onboard_last_name": "Curie",
            "xci_onboard_template": TEMPLATE,
            "xci_onboard_internal_number": "1050",
            "xci_onboard_cti_login": "pcurie",
            "xci_onboard_cti_password": ANSWERED,
        },
        "1050",
    ),
    "rehearse": Case(
        {
            "xci_sandbox_snapshot": "kept/exported",
            "xci_sandbox_dialects": "dialects.yml",
            "xci_max_deletions": "5",
            "xci_max_changes": "100",
            "xci_rename": "hopital-nord=hopital-nord",
            "xci_losses": "warn",
        },
        "The document works",
        warns=True,
    ),
    "renumber": Case(
        {
            "xci_renumber_entity": "accueil@hopital-sud",
            "xci_renumber_from": "1000-1049",
            "xci_renumber_to": "1100-1149",
            "xci_renumber_narrow": "true",
            "xci_renumber_dest": "out/renumbered.csv",
            "xci_losses": "warn",
        },
        "2 people got another number.",
        warns=True,
        without=("xci_renumber_map",),
    ),
    "report": Case(
        {
            "xci_report_dest": "out/report.html",
            "xci_report_json": "out/report.json",
            "xci_report_title": "Téléphones",
            "xci_report_people": "counts",
            "xci_report_previous": "kept/report.json",
            "xci_report_src": "config/all,config/production",
            "xci_report_default_template": TEMPLATE,
            "xci_audit_ignore": "XA04",
        },
        "out/report.html",
    ),
    "sync_people": Case(
        {
            "xci_people_src": "personnel.csv",
            "xci_people_map": "people-map.yml",
            "xci_people_leavers": "report",
            "xci_people_max_leavers": "5%",
            "xci_people_dest": "out/people",
            "xci_losses": "warn",
        },
        "1 joined, 0 moved",
    ),
    "who": Case({"xci_who": "aicha"}, "Found 1 person."),
}


@dataclass
class Job:
    """What ansible-runner kept of a job."""

    code: int
    events: list[dict[str, Any]]
    printed: str
    home: Path
    artifacts: dict[str, Any] = field(default_factory=dict)

    @property
    def texts(self) -> str:
        return "\n".join([self.printed, *(event.get("stdout", "") for event in self.events)])


class Awx:
    """A controller that awx.yml has set up, and its jobs on one XCI; *more* are optional inputs of the credential."""

    def __init__(self, controller: Controller, sandbox: Sandbox, folder: Path, more: dict[str, Any]) -> None:
        self.controller, self.sandbox, self.folder = controller, sandbox, folder
        connection = server.connection(sandbox)
        login = {name.removeprefix("xci_"): value for name, value in connection.items()}
        self.inputs = {"insecure": False, **login, **more}
        self.other = sandbox
        """Another XCI, which has the same certificate."""
        self._jobs = 0

    def job(self, name: str, answers: dict[str, str] | None = None, artifacts: dict[str, Any] | None = None) -> Job:
        """Run the job template of a command, in a folder of its own."""
        self._jobs += 1
        template = self.controller.named("job_templates", f"XCI {name}")
        home = self.folder / f"job{self._jobs}"
        env = self._prepare(home, template, {**(artifacts or {}), **self._survey(template, answers or {})})
        runner = [sys.executable, "-m", "ansible_runner", "run", str(home), "-p", template["playbook"]]
        done = subprocess.run(
            [*runner, "--ident", "1"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=150,
            check=False,
        )
        kept = home / "artifacts" / "1"
        events = [json.loads(file.read_text()) for file in kept.glob("job_events/*.json")]
        events.sort(key=lambda event: int(event["counter"]))
        stats = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
        artifact_data = stats[0].get("artifact_data", {}) if stats else {}
        return Job(done.returncode, events, done.stdout.decode(), home, artifact_data)

    def asked(self, name: str) -> set[str]:
        """Return the variables that the survey of a command asks for."""
        template = self.controller.named("job_templates", f"XCI {name}")
        return {question["variable"] for question in self.controller.surveys[template["id"]]["spec"]}

    def keep(self, home: Path, name: str) -> None:
        """Keep what a job wrote in its project for later jobs, in the folder kept."""
        (self.folder / "kept").mkdir(exist_ok=True)
        (home / "project" / name).rename(self.folder / "kept" / name)

    def _survey(self, template: Object, answers: dict[str, str]) -> dict[str, str]:
        """Return the variables that a survey gives: what is not answered has its default, or is empty."""
        spec = self.controller.surveys.get(template["id"], {"spec": []})["spec"]
        asked = {question["variable"] for question in spec}
        assert answers.keys() <= asked, f"not asked: {answers.keys() - asked}"
        for question in spec:
            assert not question["required"] or answers.get(question["variable"]), f"required: {question['variable']}"
        return {question["variable"]: answers.get(question["variable"], question["default"]) for question in spec}

    def _prepare(self, home: Path, template: Object, variables: dict[str, str]) -> dict[str, str]:
        """Lay the files of a job; return the environment of the container."""
        shutil.copytree(EXAMPLE, home / "project")
        for name, text in FILES.items():
            (home / "project" / name).parent.mkdir(exist_ok=True)
            (home / "project" / name).write_text(text, encoding="utf-8")
        if (self.folder / "kept").exists():
            shutil.copytree(self.folder / "kept", home / "project" / "kept")
        for name in ("env", "inventory", "home"):
            (home / name).mkdir()
        (home / "requirements_collections").symlink_to(os.environ["ANSIBLE_COLLECTIONS_PATH"])
        injected = rendered(self.controller.named("credential_types", "XCI"), self.inputs, folder=str(home / "env"))
        for label, text in injected["file"].items():
            (home / "env" / label).write_text(text, encoding="utf-8")
        env = {
            **injected["env"],
            "JOB_ID": "1",
            "INVENTORY_ID": "1",
            "PROJECT_REVISION": "0" * 40,
            "MAX_EVENT_RES": "700000",
            "AWX_HOST": "https://awx.example.org",
            "AWX_PRIVATE_DATA_DIR": str(home),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS": "False",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "ANSIBLE_COLLECTIONS_PATH": f"{home}/requirements_collections:~/.ansible/collections",
            "ANSIBLE_ROLES_PATH": f"{home}/requirements_roles:~/.ansible/roles",
        }
        container = {"PATH": os.environ["PATH"], "HOME": str(home / "home"), "LANG": "C.UTF-8"}
        (home / "env" / "envvars").write_text(json.dumps(env), encoding="utf-8")
        (home / "env" / "cmdline").write_text("-u root", encoding="utf-8")
        (home / "env" / "settings").write_text(json.dumps({"suppress_ansible_output": True}), encoding="utf-8")
        meta = {"awx_job_id": 1, "tower_job_id": 1, "awx_job_launch_type": "manual", "awx_user_name": "admin"}
        fixed = json.loads(template["extra_vars"])
        # What is not of the template can't be a template of Jinja.
        lines = [f"{name}: !unsafe {json.dumps(value)}\n" for name, value in {**variables, **meta}.items()]
        lines += [f"{name}: {json.dumps(value)}\n" for name, value in fixed.items() if name not in variables]
        (home / "env" / "extravars").write_text("".join(lines), encoding="utf-8")
        self._inventory(home, {**container, **env})
        return container

    def _inventory(self, home: Path, env: dict[str, str]) -> None:
        """Write the inventory as AWX does, after an update by the inventory source."""
        command = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", "xci.yml", "--list", "--export"]
        listed = subprocess.run(command, cwd=home / "project", env=env, capture_output=True, text=True, check=False)
        assert listed.returncode == 0, listed.stderr
        assert listed.stderr == ""
        script = home / "inventory" / "hosts"
        script.write_text(f"#! {sys.executable}\n# -*- coding: utf-8 -*-\nprint({listed.stdout!r})\n", encoding="utf-8")
        script.chmod(0o700)


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Controller:
    made = Controller(EXAMPLE)
    done = set_up(made, tmp_path_factory.mktemp("controller"), xci_awx_jobs=ASKED)
    assert done.code == 0, done.output
    return made


def checked(job: Job, code: int = 0, warns: bool = False) -> None:
    """Check what is true of each job."""
    assert job.code == code, job.texts
    for secret in (PASSWORD, ANSWERED):
        assert secret not in json.dumps(job.events) + job.printed
    assert not RENEWED.search(job.texts), f"a carriage return in a line: {job.texts}"
    warnings = re.findall(r"\[(?:WARNING|DEPRECATION WARNING)\]: (.*)", job.texts)
    assert code or warns or [one for one in warnings if not one.startswith(EMPTY_INVENTORY)] == [], job.texts
    verbose = [event["stdout"] for event in job.events if event["event"] == "verbose" and event["stdout"]]
    assert len(verbose) <= 2, verbose


def filled(awx: Awx) -> Path:
    """Plan the project and apply what was approved, as the workflow does; return the folder of the second job."""
    planned = awx.job("plan")
    checked(planned)
    assert int(planned.artifacts["xci_plan_count"]) > 0
    assert awx.sandbox.state()["users"] == []
    applied = awx.job("apply", artifacts=planned.artifacts)
    checked(applied)
    assert len(awx.sandbox.state()["users"]) == 11
    return applied.home


@pytest.fixture(scope="module")
def plain(controller: Controller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Awx]:
    with server.running({}) as sandbox:
        awx = Awx(controller, sandbox, tmp_path_factory.mktemp("plain"), {})
        filled(awx)
        yield awx


@pytest.fixture(scope="module")
def private(controller: Controller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Awx]:
    folder = tmp_path_factory.mktemp("private")
    authority = Authority(folder)
    certificate = authority.issue("127.0.0.1")
    settings = {"certificate": certificate, "key": certificate}
    essai = {"xivos": [{"name": "essai-nord", "host": "192.0.2.30"}]}
    with server.running({}, **settings) as sandbox, server.running(essai, **settings) as other:
        awx = Awx(controller, sandbox, folder, {"ca": authority.file.read_text(encoding="utf-8")})
        awx.other = other
        filled(awx)
        leaver = {
            "entity": "accueil@hopital-nord",
            "lastName": "Leaver",
            "internalNumber": "1060",
            "ctiLogin": "leaver",
        }
        second = {"login": "second", "name": "Second", "password": ANSWERED, "superAdmin": True}
        sandbox.load({"users": [leaver], "administrators": [second]})
        for name, answers, kept in (
            ("export", {"xci_export_directory": "exported"}, "exported"),
            ("report", {"xci_report_dest": "report.html", "xci_report_json": "report.json"}, "report.json"),
        ):
            job = awx.job(name, answers)
            checked(job)
            awx.keep(job.home, kept)
        yield awx


@pytest.mark.parametrize("name", ASKED)
def test_a_survey_of_which_only_the_required_questions_are_answered(plain: Awx, name: str) -> None:
    case = EMPTY[name]
    before = plain.sandbox.state()
    job = plain.job(name, case.answers)
    checked(job, case.code, case.warns)
    assert case.says in job.texts, job.texts
    assert case.code == 0 or plain.sandbox.state() == before


@pytest.mark.parametrize("name", [name for name in ASKED if name != "undo"])
def test_a_survey_of_which_all_questions_are_answered(private: Awx, name: str) -> None:
    case = FULL[name]
    assert {*case.answers, *case.without} == private.asked(name)
    connection = server.connection(private.other)
    job = private.job(name, {key: value.format(**connection) for key, value in case.answers.items()})
    checked(job, case.code, case.warns)
    assert case.says in job.texts, job.texts
    written = [value for value in case.answers.values() if value.startswith("out/")]
    assert all((job.home / "project" / value).exists() for value in written)


def test_the_way_back(controller: Controller, tmp_path: Path) -> None:
    with server.running({}) as sandbox:
        awx = Awx(controller, sandbox, tmp_path, {})
        empty = sandbox.state()
        home = filled(awx)
        checked(awx.job("drift"))
        (file,) = (home / "home" / ".local" / "state" / "xci" / "undo").iterdir()
        checked(awx.job("undo", {"xci_undo_file": str(file)}), warns=True)
        kinds = ("entities", "users")
        assert [sandbox.state()[kind] for kind in kinds] == [empty[kind] for kind in kinds]
