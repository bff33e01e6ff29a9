"""What the console remembers: one SQLite file for one context.

Everything is synchronous and thread-safe: call it from worker threads, never from the UI thread. Times are aware UTC.

    opened = Cache.open(path)                    Opened(cache, warning): a broken file was moved aside and `warning` says so
        raises CacheUnreadable                   a newer imptui's file, or a place that cannot be written
    cache = Cache.in_memory()                    for tests
    cache.close()
    cache.interrupt()                            every search now running raises Stopped
    cache.generation() -> int                    grows by one with every transaction that changed something
                                                 devices None: everything (too many, or a group changed); kinds are "device",
                                                 "reading", "group", "product", "deployment", "account"
    cache.note(key) -> str | None; cache.set_note(key, text | None)       sync progress, synced_at, whatever must be remembered
    cache.settle(stop=None) -> bool              build what makes a big fleet quick (indexes, trigrams); call after the first
                                                 pass, and at start; idle when there is nothing to do; short transactions
    cache.tidy(now)                              roll old samples up, keep what is capped below its cap; call now and then

    cache.devices                                (cache/tables/device.py)
        .window(query, offset, limit, now, stop=None) -> list[DeviceRow]      as the cache is now
        .count(query, now, stop=None) -> int
        .order(query, now, stop=None) -> Order   a frozen snapshot: len(order), order.generation, 4 bytes a device; for 1,000,000
                                                 devices 0.5 s in a thread, then any depth costs the same
        .rows(order, offset, limit) -> list[DeviceRow | None]       None: forgotten since; values are those of now
        .place(order, device_id) -> int | None   where a device stands in a snapshot
        .rank(query, device_id, now) -> int | None       the same of a list without filter, as it is now; None: not known so
        .position(query, device_id, now, stop=None) -> int | None    one way or the other
        .row(device_id) -> DeviceRow | None; .rows_of(ids) -> dict[DeviceId, DeviceRow]
        .find(text, limit=20) -> list[DeviceRow]   by id, MAC, agent id; else by exact name, any case; several: not unique
        .stalest(ids, limit) -> list[DeviceId]     oldest reading first, never read first of all
        .begin_pass() -> Pass                      one walk over all devices of the service
        .store(devices, at, in_pass=None) -> list[DeviceId]   upsert in one transaction; ids of those that really changed
        .forget_absent(finished_pass) -> list[DeviceId]       those that a *complete* pass did not meet
        .forget(ids) -> list[DeviceId]
        .store_readings({device_id: Reading}) -> list[DeviceId]   also kept as samples
    cache.samples                                (cache/tables/sample.py)
        .of(device_id, since) -> list[Sample]      oldest first, hours before single readings
    cache.groups                                 (cache/tables/group.py)
        .tree() -> Tree; .tally(group_id) -> Tally
        .all(product_id=None) -> list[DeviceGroup]; .one(group_id) -> DeviceGroup | None
        .store(groups) -> list[GroupId]; .forget_absent(seen: Collection[GroupId]) -> list[GroupId]; .forget(ids)
    cache.products                               (cache/tables/product.py)
        .all() ; .one(product_id) ; .store(products) -> changed ids ; .forget_absent(seen) ; .forget(ids)
    cache.deployments                            (cache/tables/deployment.py)
        .list(group_id=None, product_id=None, limit=500, offset=0) -> list[Deployment]    newest first
        .one(id) ; .find(text) -> list[Deployment] by id, sha prefix of 6 or more, or tag ; .count(group_id=None, product_id=None)
        .with_sha(group_id, sha) -> list[Deployment]
        .store(deployments) -> changed ids ; .forget_absent(seen, group_id=None)
        .forget(ids)
        .programs(id) -> Programs | None ; .store_programs(id, programs) ; .coded() -> [id]
        .search_code(id, pattern, limit=200) -> list[CodeHit]
    cache.accounts                               (cache/tables/account.py)   .one(id) ; .all() ; .store(accounts)
    cache.journal                                (cache/tables/journal.py)
        .add(entry) -> int ; .answer(number, answer, is_refused=False)
        .list(limit=500, before=None) -> list[JournalEntry] newest first
    cache.drafts                                 (cache/tables/draft.py)     .one(key) ; .all() ; .save(draft) ; .drop(key)

A search takes a `Stop`: `stop.now()` from any thread ends it within milliseconds with `Stopped`. Queries, lines and samples are
`imptui.query.query` and `imptui.domain.rows`.
"""
