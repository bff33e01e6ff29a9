"""The ordered record of a session, and the fleet that a record replays.

`event_log.py` describes and writes the file. `fleet_recorder.py` records changes of the cache, `replayed_fleet.py` applies them.
`imptui/tui/console/input_recorder.py` and `replayer.py` do the same for input, `imptui/client/recorded_calls.py` for calls.
"""
