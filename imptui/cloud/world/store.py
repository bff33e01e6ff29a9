"""The state of one impCloud in SQLite: one writer, readers beside it.

A request is one transaction: `with world.change() as tx` for requests that may change something, `with world.look()` for those
that cannot. There is one writing connection behind a lock; readers have connections of their own and a snapshot each, so
they neither wait for the writer nor keep it waiting.

The file is in WAL mode with `synchronous=NORMAL`. What is promised is that every acknowledged change is there after the process
was killed: the log was then handed to the operating system, which keeps it. Only a crash of the whole machine may lose
the last transactions (never the file's soundness), which a model of impCloud may afford, and `FULL` would cost an fsync
for each request.
"""
