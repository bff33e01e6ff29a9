"""Encodes nouns of the domain as resource objects in the caller's dialect.

Relationships are bare `{type, id}` objects; attributes without a value are null; links are absolute, built from the
address that the request was sent to. Dictionaries are written out by hand: a page of devices is the hot path.

Source: primer, the data structures; contract 4.1, 6 to 15, 19.
"""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from imptui.cloud.storage.device_rows import AGENT_ORIGIN, ListedDevice
from imptui.cloud.storage.records import LoginKeyRecord, RefreshTokenRecord
from imptui.cloud.wire.dialect import Dialect
from imptui.domain.account import Account
from imptui.domain.deployment import Deployment, Programs
from imptui.domain.device import Reading
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.library import Library
from imptui.domain.log import Enrolment, LogEntry
from imptui.domain.product import Product
from imptui.domain.webhook import Webhook

Json = dict[str, Any]


def time_text(at: datetime | None) -> str | None:
    """A UTC time as the API writes it: three fractional digits and `Z`; None stays None. Source: contract 4.4."""
    return None if at is None else at.isoformat(timespec="milliseconds")[:-6] + "Z"


def _ms_text(ms: int | None) -> str | None:
    """Milliseconds since 1970 as the API writes a time."""
    return None if ms is None else f"{_second_text(ms // 1000)}.{ms % 1000:03d}Z"


@lru_cache(maxsize=8192)
def _second_text(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def linkage(kind: str, identifier: str) -> Json:
    """A resource identifier, which is all that a relationship holds."""
    return {"type": kind, "id": identifier}


class Encoder(Struct, frozen=True):
    """Writes resources for one request."""

    dialect: Dialect
    base: str
    """Base URL of the API for this caller: scheme, host and `/v5`."""

    def account(self, account: Account) -> Json:
        """Encode an account. Source: contract 6.1."""
        attributes = {
            "username": account.username,
            "email": account.email,
            "tier": account.tier,
            **self._times(account.created_at, account.updated_at),
        }
        return self._resource("account", account.id, f"accounts/{account.id}", attributes, {})

    def refresh_token(self, token: RefreshTokenRecord) -> Json:
        """Encode a refresh token. Source: contract 6.2."""
        attributes = {"created_at": time_text(token.created_at), "last_used_at": time_text(token.last_used_at)}
        return self._resource("refresh_token", token.id, f"accounts/me/refresh_tokens/{token.id}", attributes, {})

    def login_key(self, key: LoginKeyRecord) -> Json:
        """Encode a login key. Source: contract 6.3."""
        attributes = {
            "description": key.description,
            "usages": key.usages,
            **self._times(key.created_at, key.updated_at),
        }
        owner = {"owner": linkage("account", key.owner_id)}
        return self._resource("login_key", key.id, f"accounts/me/login_keys/{key.id}", attributes, owner)

    def product(self, product: Product) -> Json:
        """Encode a product. Source: primer, "The Product Data Structure"; contract 7.2."""
        attributes = {
            "name": product.name,
            "description": product.description,
            **self._times(product.created_at, product.updated_at),
        }
        people = _people(product.owner_id, product.creator_id)
        return self._resource("product", product.id, f"products/{product.id}", attributes, people)

    def group(self, group: DeviceGroup) -> Json:
        """Encode a device group. Source: primer, "The Device Group Data Structure"; contract 8.2, 8.3, 19."""
        attributes: Json = {"name": group.name, "description": group.description}
        if self.dialect.is_live:
            attributes["region"] = group.region
            attributes["env_vars"] = dict(group.env_vars)
        if self._loads_after_blessing(group.type):
            attributes["load_code_after_blessing"] = group.load_code_after_blessing is not False
        attributes |= self._times(group.created_at, group.updated_at)
        relationships = {"product": linkage("product", group.product_id)}
        relationships |= _people(group.owner_id, group.creator_id)
        relationships |= self._targets(group) | self._deployments(group)
        return self._resource(self.dialect.type_name(group.type), group.id, f"devicegroups/{group.id}", attributes, relationships)

    def _loads_after_blessing(self, group_type: GroupType | str) -> bool:
        if group_type == GroupType.PRE_PRODUCTION:
            return self.dialect.is_live
        return group_type == GroupType.PRODUCTION

    def _targets(self, group: DeviceGroup) -> Json:
        targets: Json = {}
        if not isinstance(group.type, GroupType):
            return targets
        production, dut = group.type.production_target_type, group.type.dut_target_type
        if group.production_target_id and production:
            targets["production_target"] = linkage(self.dialect.type_name(production), group.production_target_id)
        if group.dut_target_id and dut and self.dialect.knows(dut):
            targets["dut_target"] = linkage(self.dialect.type_name(dut), group.dut_target_id)
        return targets

    def _deployments(self, group: DeviceGroup) -> Json:
        found: Json = {}
        if group.current_deployment_id:
            found["current_deployment"] = linkage("deployment", group.current_deployment_id)
        elif self.dialect.shows_empty_relationships:
            found["current_deployment"] = None
        if group.min_supported_deployment_id and self.dialect.is_live:
            found["min_supported_deployment"] = linkage("deployment", group.min_supported_deployment_id)
        return found

    def device(self, device: ListedDevice, reading: Reading | None = None) -> Json:
        """Encode a device, with a reading for single answers, without one for lists.

        Source: primer, "Device Data Structure", and its footnote; contract 10.2, 10.3, 19.
        """
        is_assigned = device.group_id is not None
        attributes: Json = {"name": device.name, "agent_id": device.agent_id if is_assigned else None}
        if self.dialect.is_live:
            attributes["agent_url"] = AGENT_ORIGIN + device.agent_id if is_assigned else None
        attributes["device_online"] = device.is_online != 0
        attributes["device_state_changed_at"] = _ms_text(device.state_changed_ms)
        attributes["agent_running"] = device.is_agent_running != 0
        attributes["agent_state_changed_at"] = _ms_text(device.agent_state_changed_ms)
        attributes["last_enrolled_at"] = _ms_text(device.last_enrolled_ms)
        attributes["imp_type"] = device.imp_type
        attributes["ip_address"] = device.ip_address
        attributes["mac_address"] = device.mac_address
        if reading is not None:
            attributes["free_memory"] = reading.free_memory_bytes
            attributes["rssi"] = reading.rssi_dbm
        attributes["swversion"] = device.swversion
        if self.dialect.is_live:
            attributes["plan_id"] = device.plan_id
        place = self._placed(device.owner_id, device.group_id, device.group_type, device.product_id)
        return self._resource("device", device.id, f"devices/{device.id}", attributes, place)

    def _placed(self, owner_id: str, group_id: str | None, group_type: GroupType | str | None, product_id: str | None) -> Json:
        """Return owner, product and group; a group that the dialect does not know counts as none. Source: contract 19."""
        place: Json = {"owner": linkage("account", owner_id)}
        if group_id and group_type is not None and self._exists(group_type):
            place["product"] = linkage("product", product_id or "")
            place["devicegroup"] = linkage(self.dialect.type_name(group_type), group_id)
        elif self.dialect.shows_empty_relationships:
            place |= {"product": None, "devicegroup": None}
        return place

    def _exists(self, group_type: GroupType | str) -> bool:
        return not isinstance(group_type, GroupType) or self.dialect.knows(group_type)

    def deployment(self, deployment: Deployment, programs: Programs | None = None) -> Json:
        """Encode a deployment, with its programs for single answers, without them for lists.

        Source: primer, "Deployment Data Structure"; contract 12.2.
        """
        attributes: Json = {"sha": deployment.sha, "description": deployment.description}
        if programs is not None:
            attributes |= {"device_code": programs.device_code, "agent_code": programs.agent_code}
        attributes |= {
            "origin": deployment.origin,
            "flagged": deployment.is_flagged,
            "tags": list(deployment.tags),
            **self._times(deployment.created_at, deployment.updated_at),
        }
        relationships = self._group_relationships(deployment.product_id, deployment.group_id, deployment.group_type)
        relationships |= _people(deployment.owner_id, deployment.creator_id)
        if deployment.flagger_id:
            relationships["flagger"] = linkage("account", deployment.flagger_id)
        path = f"deployments/{deployment.id}"
        return self._resource("deployment", deployment.id, path, attributes, relationships)

    def webhook(self, webhook: Webhook) -> Json:
        """Encode a webhook. Source: contract 13."""
        attributes = {
            "url": webhook.url,
            "event": webhook.event,
            "content_type": webhook.content_type,
            "created_at": time_text(webhook.created_at),
            "updated_at": time_text(webhook.updated_at),
        }
        relationships = self._group_relationships(webhook.product_id, webhook.group_id, webhook.group_type)
        relationships |= _people(webhook.owner_id, webhook.creator_id)
        return self._resource("webhook", webhook.id, f"webhooks/{webhook.id}", attributes, relationships)

    def log_entry(self, entry: LogEntry) -> Json:
        """Encode an entry as a plain object, not a resource. Source: contract 15."""
        return {
            "ts": time_text(entry.at),
            "type": entry.kind,
            "msg": entry.text,
            "log_type": entry.log_type,
            "device_id": entry.device_id,
        }

    def enrolment(self, entry: Enrolment) -> Json:
        """Encode an entry as a plain object, not a resource. Source: contract 15."""
        return {
            "timestamp": time_text(entry.at),
            "event": entry.event,
            "owner_id": entry.owner_id,
            "actor_id": entry.actor_id,
        }

    def library(self, library: Library) -> Json:
        """Encode a library; its versions are an array of identifiers, newest first. Source: contract 17."""
        attributes = {"name": library.name, "supported": library.is_supported}
        versions = {"versions": [linkage("library_version", version) for version in library.versions]}
        return {"type": "library", "id": library.id, "attributes": attributes, "relationships": versions}

    def logstream(self, stream_id: str) -> Json:
        """Encode a log stream with its id and an absolute address without query. Source: contract 14.1."""
        return {"type": "logstream", "id": stream_id, "attributes": {"url": f"{self.base}/logstream/{stream_id}"}}

    def _group_relationships(self, product_id: str | None, group_id: str | None, group_type: GroupType | str | None) -> Json:
        """Return the relationships to the group, and its product, of a deployment or webhook."""
        found: Json = {}
        if product_id:
            found["product"] = linkage("product", product_id)
        if group_id and group_type is not None:
            found["devicegroup"] = linkage(self.dialect.type_name(group_type), group_id)
        elif self.dialect.shows_empty_relationships:
            found["devicegroup"] = None
        return found

    def _times(self, created_at: datetime | None, updated_at: datetime | None) -> Json:
        times = {"created_at": time_text(created_at)}
        if self.dialect.is_live:
            times["updated_at"] = time_text(updated_at)
        return times

    def _resource(self, kind: str, identifier: str, path: str, attributes: Json, relationships: Json) -> Json:
        return {
            "type": kind,
            "id": identifier,
            "links": {"self": f"{self.base}/{path}"},
            "attributes": attributes,
            "relationships": relationships,
        }


def _people(owner_id: str | None, creator_id: str | None) -> Json:
    return {role: linkage("account", who) for role, who in (("owner", owner_id), ("creator", creator_id)) if who is not None}
