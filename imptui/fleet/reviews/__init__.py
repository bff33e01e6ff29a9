"""Reviews: approvals and requests for changes, stored as marks on deployments.

A mark is a tag on a deployment, because all clients of an account share tags. Two people who mark at the same moment may
overwrite each other, so the fleet reads a mark again after writing it.
"""
