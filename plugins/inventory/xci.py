# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of the XiVOs of an XCI."""

from __future__ import annotations

DOCUMENTATION = r"""
name: xci

short_description: Inventory of the XiVOs that XCI manages

version_added: 1.0.0

description:
  - Makes each XiVO that XCI manages a host, so that a play runs on all of them in parallel, either over SSH on the
    XiVOs themselves, or on the controller once for each XiVO.
  - A host has the name of its XiVO. If that can't be the name of a host, it has the uuid, or C(xivo_) and the id, and
    a warning says so. Such a name is that of several XiVOs, of a group of the inventory, or of a host that another
    source has defined before this one. Or it is C(localhost) or C(all), does not begin with a letter or a digit, or
    contains what patterns, shells, paths or templates understand, such as C(:), C($), C(/) or C({). Blanks, brackets
    and accents are kept.
  - Users are never hosts.
  - To add variables to these hosts in files, use C(host_vars) or C(group_vars), or a source that is read after this
    one. Ansible reads a folder of sources in the order of their names.
  - The name of the configuration file must end with C(xci.yml) or C(xci.yaml).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.connection
  - xivo.xci.connection.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache

options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices:
      - xivo.xci.xci
  entities:
    description:
      - Whether to make each entity a group with its XiVO in it, named C(entity_), the name of the entity, C(_) and
        the name of the host. Characters that are not valid in a group name become C(_).
      - The group and the host then have the variable C(xci_xivo_entities), a list of entities as
        M(xivo.xci.xci_entity_info) returns them. For a host, the list has all its entities.
    type: bool
    default: false
  usage:
    description:
      - With O(entities=true), whether to add to each entity how many numbers of its intervals are in use, as
        M(xivo.xci.xci_entity_info) does. This reads the users of each entity.
    type: bool
    default: false
  required:
    description:
      - Whether a run fails if the XiVOs can't be read.
      - With V(false), Ansible does what it does by default with every inventory. It warns, and continues without these
        hosts.
    type: bool
    default: true

seealso:
  - module: xivo.xci.xci_xivo_info
  - module: xivo.xci.xci_entity_info

notes:
  - A host has C(ansible_host) if XCI shows the host of the XiVO, and the variable C(xci_xivo), which is what
    M(xivo.xci.xci_xivo_info) returns for it. Some servers do not show hosts. Set C(ansible_host) with O(compose) then.
    What is no address, such as text that begins with C(-), is not set, and a warning says so.
  - With O(cache=true), cached data is used for O(cache_timeout) seconds without a request to XCI. After that time, it
    is still used if XCI is down, with a warning that says how old it is. C(--flush-cache) always reads XCI. The cache
    contains neither the password nor the session.
  - O(xci_password) and the other options of the connection can be templates, such as a lookup, or encrypted with
    Ansible Vault. Data from XCI is never templated.
"""

EXAMPLES = r"""
# prod.xci.yml
# With the connection in XCI_URL, XCI_LOGIN and XCI_PASSWORD, this line is enough.
plugin: xivo.xci.xci
xci_url: https://xci.example.org
xci_login: ansible
xci_password: "{{ lookup('ansible.builtin.env', 'XCI_PROD_PASSWORD') }}"

# Also a group for each entity, with the usage of its numbers.
entities: true
usage: true

# More groups: all XiVOs, those that are nearly full, and one per site if the names are xivo-SITE-NUMBER.
groups:
  xivos: true
  nearly_full: xci_xivo.remaining_slots < 50
keyed_groups:
  - key: xci_xivo.name.split('-')[1]
    prefix: site
    default_value: unknown

# Connect as root over SSH, and add a variable of your own.
compose:
  ansible_host: xci_xivo.host or (xci_xivo.name ~ '.example.org')
  ansible_user: "'root'"
  free_numbers: xci_xivo_entities | map(attribute='usage') | flatten | map(attribute='free') | sum

# Read XCI at most once an hour.
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/xci
cache_timeout: 3600
"""

import hashlib
import re
import time
from collections.abc import Collection, Mapping
from typing import Any

from ansible import constants, template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed, XciError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ENTITY, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.info import show
from ansible_collections.xivo.xci.plugins.plugin_utils.contexts import given_variables, settings_of, start
from ansible_collections.xivo.xci.plugins.plugin_utils.host_names import host_names
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain

Snapshot = dict[str, Any]
"""What was read, as the cache stores it: when (*at*), with which options (*of*), *xivos* and *entities*."""


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "xivo.xci.xci"
    inventory: InventoryData

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("xci.yml", "xci.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        with given_variables():
            self._parse(path, cache)

    def _parse(self, path: str, cache: bool) -> None:
        config = self._read_config_data(path)
        try:
            settings = settings_of(lambda name: self._connection_option(name, config))
            for warning in settings.warnings():
                self.display.warning(warning)
            self._populate(self._snapshot(settings, path, cache))
        except (XciError, AnsibleError) as error:
            if self.get_option("required"):
                # Ansible would warn and go on with no hosts: an empty inventory that looks right.
                constants.INVENTORY_ANY_UNPARSED_IS_FAILED = True
            raise AnsibleParserError(f"{path}: {error}") from None

    def _connection_option(self, name: str, config: Mapping[str, Any]) -> Any:
        """Return an option; only a value from the file itself is templated."""
        value = self.get_option(name)
        return self.templar.template(value) if name in config and isinstance(value, str) else value

    # -- reading --------------------------------------------------------------------------------------------

    def _snapshot(self, settings: Settings, path: str, cache: bool) -> Snapshot:
        """Return what is on XCI; from the cache if it is enabled, and new enough or XCI is down."""
        source = self._source(settings)
        if not self.get_option("cache"):
            return self._read(settings, source)
        timeout = self._keep_forever()
        key = self.get_cache_key(path)
        kept = self._kept(key, source) if cache else None
        if kept and (not timeout or time.time() - kept["at"] < timeout):
            self.display.vv(f"{path}: using the cache of {_moment(kept)}")
            return kept
        try:
            fresh = self._read(settings, source)
        except (ConnectionFailed, ApiError) as error:
            if kept is None or (isinstance(error, ApiError) and error.status < 500):
                raise
            self.display.warning(f"{path}: XCI can't be read, using the cache of {_moment(kept)}: {error}")
            return kept
        self._cache[key] = fresh
        return fresh

    def _source(self, settings: Settings) -> str:
        """Return what identifies the snapshots of this XCI with this administrator and these options."""
        parts = (settings.url, settings.login, self.get_option("entities"), self.get_option("usage"))
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def _keep_forever(self) -> float:
        """Let the cache plugin keep what has expired, as a last resort; return after how long it expires."""
        timeout = float(self.get_option("cache_timeout") or 0)
        self.set_option("cache_timeout", 0)
        self.load_cache_plugin()
        return timeout

    def _kept(self, key: str, source: str) -> Snapshot | None:
        kept = plain(self._cache.get(key))
        return kept if isinstance(kept, dict) and kept.get("of") == source else None

    def _read(self, settings: Settings, source: str) -> Snapshot:
        context = start(settings)
        shown = show(XIVO, {}, context)
        if shown["not_shown"]:
            # No hosts would look right.
            raise XciError("; ".join(map(str, context.warnings)))
        entities = self._read_entities(context) if self.get_option("entities") else None
        context.client.close()
        return {"at": time.time(), "of": source, "xivos": shown["xivos"], "entities": entities}

    def _read_entities(self, context: Context) -> list[dict[str, Any]] | None:
        """Return the entities; None where XCI does not show them to this administrator."""
        shown = show(ENTITY, {"usage": self.get_option("usage")}, context)
        if not shown["not_shown"]:
            return list(shown["entities"])
        for warning in context.warnings:
            self.display.warning(str(warning))
        return None

    # -- the inventory --------------------------------------------------------------------------------------

    def _populate(self, snapshot: Snapshot) -> None:
        """Add the hosts; first to an inventory of our own, since a host must not have the name of any group."""
        inventory, hosts = self.inventory, [*self.inventory.hosts]
        self.inventory = rehearsal = InventoryData()
        self._add_all(snapshot, inventory.groups, hosts, "-")  # a sign that no group made here has in its name
        self.inventory, groups = inventory, {*inventory.groups, *rehearsal.groups}
        for xivo, (host, fault) in zip(snapshot["xivos"], self._add_all(snapshot, groups, hosts), strict=True):
            if fault:
                self.display.warning(f"XiVO {xivo['name']!r} is the host {host}: {fault}")

    def _add_all(
        self, snapshot: Snapshot, groups: Collection[str], hosts: Collection[str], mark: str = ""
    ) -> list[tuple[str, str]]:
        labels = [(xivo["name"], xivo["uuid"] or "", xivo["id"]) for xivo in snapshot["xivos"]]
        names = list(host_names(labels, groups, hosts))
        for xivo, (name, _fault) in zip(snapshot["xivos"], names, strict=True):
            self._add(f"{name}{mark}", name, xivo, self._entities_of(xivo, snapshot))
        return names

    @staticmethod
    def _entities_of(xivo: dict[str, Any], snapshot: Snapshot) -> list[dict[str, Any]] | None:
        if snapshot["entities"] is None:
            return None
        # An entity names its XiVO, or gives the uuid of one of several with that name.
        namesakes = [one for one in snapshot["xivos"] if one["name"] == xivo["name"]]
        label = xivo["name"] if len(namesakes) == 1 else xivo["uuid"]
        return [entity for entity in snapshot["entities"] if entity["xivo"] == label]

    def _add(self, host: str, label: str, xivo: dict[str, Any], entities: list[dict[str, Any]] | None) -> None:
        self.inventory.add_host(host)
        variables: dict[str, Any] = {"xci_xivo": as_data(xivo), **self._address(label, xivo["host"])}
        if entities is not None:
            variables["xci_xivo_entities"] = as_data(entities)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        for entity in entities or ():
            self._add_group(f"entity_{entity['name']}_{label}", host, as_data(entity))
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict)

    def _compose(self, *arguments: Any, **options: Any) -> Any:
        """Return the value of an expression over data from XCI, which is data itself."""
        return as_data(super()._compose(*arguments, **options))

    def _address(self, host: str, address: str) -> dict[str, Any]:
        """Return how Ansible reaches a XiVO; an invalid address is never passed to programs such as ssh."""
        if not address:
            return {}
        if not re.fullmatch(r"[A-Za-z0-9_\[:][A-Za-z0-9_.:%\]-]*", address):
            self.display.warning(
                f"{host}: invalid address {address!r} as host of the XiVO on XCI; ansible_host is not set"
            )
            return {}
        return {"ansible_host": as_data(address)}

    def _add_group(self, name: str, host: str, entity: dict[str, Any]) -> None:
        """Add a host to the group of an entity. Two names can become the same group, which then has both entities."""
        group = self.inventory.add_group(self._sanitize_group_name(name))
        self.inventory.add_child(group, host)
        known = self.inventory.groups[group].get_vars().get("xci_xivo_entities", [])
        self.inventory.set_variable(group, "xci_xivo_entities", [*known, entity])


def as_data(value: Any) -> Any:
    """Return data from XCI so that Ansible never templates it."""
    if hasattr(template, "trust_as_template"):
        return value
    # Only older releases template any string; newer ones are about to remove this module.
    from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415

    return wrap_var(value)


def _moment(snapshot: Snapshot) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(snapshot["at"]))
