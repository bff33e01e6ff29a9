"""What devices said, and say.

class Logs:
    async history(device_id, limit=200) -> tuple[LogEntry, ...]       oldest first
    async enrolments(device_id) -> tuple[Enrolment, ...]              newest first
    def follow(device_ids) -> AsyncIterator[LogEntry | StreamState]   live lines, merged
"""
