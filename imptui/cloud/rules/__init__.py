"""The rules of impCloud, by resource: plain functions over a `World`.

A rule takes the world, what was asked and who asks; it returns nouns of the field or raises `Refused`. It sees no SQL
and no HTTP, and has no clock and no randomness of its own. Its docstring names the source, in the primer or in the
contract. One call is one transaction: all of it holds, or nothing.
"""
