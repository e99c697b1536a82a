# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of ansible-playbook in the tests finds done already: what it would do itself, and no settings."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ansible_collections.xivo.xci.tests.support import playbook, warm

PROGRAM = """
import json, os, sys
from pathlib import Path

imported = set(sys.modules)
from ansible.utils.collection_loader import _collection_finder as loader, _collection_meta

collection = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"], "ansible_collections", "xivo", "xci")
file = collection / "plugins" / "module_utils" / "model" / "resources.py"
how = {"filename": str(file), "mode": "exec", "flags": 0, "dont_inherit": True}
one, other = (loader.compile(source=file.read_bytes(), **how) for _ in range(2))
text = (collection / "meta" / "runtime.yml").read_bytes()
metas = [read(text, "xivo.xci") for read in (loader._meta_yml_to_dict, _collection_meta._meta_yml_to_dict)]
changed = loader.compile(source=b"answer = 42", **how)
print(json.dumps({
    "parts of Ansible": sum(name.startswith("ansible.") for name in imported) > 50,
    "settings": "ansible.constants" in imported,
    "compiled already": one is other,
    "compiled alike": one == compile(file.read_bytes(), str(file), "exec", dont_inherit=True),
    "read alike": metas[0] == metas[1],
    "a changed file": changed.co_names,
}))
"""


def test_a_run_finds_done_what_does_not_depend_on_settings(tmp_path: Path) -> None:
    program, out, err = (tmp_path / name for name in ("program", "out", "err"))
    program.write_text(PROGRAM, encoding="utf-8")
    out.touch()
    err.touch()
    process = warm.start([str(program)], tmp_path, playbook.environment(tmp_path), (out, err))
    process.join()
    assert (process.exitcode, err.read_text(encoding="utf-8")) == (os.EX_OK, "")
    assert json.loads(out.read_text(encoding="utf-8")) == {
        "parts of Ansible": True,
        "settings": False,
        "compiled already": True,
        "compiled alike": True,
        "read alike": True,
        "a changed file": ["answer"],
    }
