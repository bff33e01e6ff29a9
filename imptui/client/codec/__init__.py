"""Translates between the documents of the service and the objects of the domain.

`decode` and `encode` are what the calls use; `shapes` describes the JSON, `convert` builds domain objects from it, `group_types`
spells the types of device groups. `device_documents` reads long lists without building devices, `refusals` rebuilds the refusal
that a reply carries, `tokens` reads the answers to logins, and `logstream_events` parses server-sent events.
"""
