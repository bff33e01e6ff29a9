"""Approvals, objections and the marks by which colleagues see them.

A mark is a tag on a deployment, because tags are what all clients of an account share. Two people who mark at the same
moment may overwrite one another, so a mark is read again after it was written.
"""
