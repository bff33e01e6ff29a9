"""Translates between the bytes of the API and the engine's requests and answers.

Attribute names, group types and the shapes of errors are spelled here, in two dialects: that of the live service and
that of the primer. The client has a codec of its own on purpose: a mistake that both shared would agree with itself.
Both are held to the same documents in `tests/data/wire`.
"""
