"""Passes over the whole account, page by page, into the cache.

`account_sync` decides when a pass begins and what it reads; `device_sync` walks over the devices with digests, while a
writer saves batches beside it. Devices on the screen are read first. An interrupted pass continues where it stopped.
"""
