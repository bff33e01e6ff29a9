"""Keep the visible devices fresh: oldest reading first, within the budget, one round at a time.

RSSI and free memory are attributes of one device, absent from lists and never pushed: freshness is polling.

class Watch:
    def look_at(device_ids: Sequence[DeviceId]) -> None     what is visible or marked now; cheap, call on every scroll
    def pause() / resume() / is_paused
    async refresh_now() -> None                             one round of what is looked at, now
"""
