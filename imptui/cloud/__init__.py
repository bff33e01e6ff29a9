"""The engine: a model of impCloud behind the v5 API, with its world in SQLite.

It answers the real HTTP API, so existing clients work against it unmodified: on a port (`serve`), or inside this
process without one (`transport`). `CONTRACT.md` beside this file holds every rule of the service with its source;
comments cite its sections. Only the command line imports this room, and it enters by `serve`, `transport` and `admin`
alone.
"""
