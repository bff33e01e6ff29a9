"""Approvals and requests for changes on deployments."""
