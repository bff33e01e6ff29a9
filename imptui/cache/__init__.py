"""The cache: the console's copy of one context, in one SQLite file.

`Cache` is the face; its parts are one class per table. Every method blocks and is safe in any thread, so it belongs in worker
threads and never on the UI thread. Each reading thread has its own connection; there is one writer. A search takes a `Stop`,
which ends it within milliseconds from any thread. A damaged file is put aside, and its journal and drafts are copied into a new
one; a file of a newer version is refused. Times are whole microseconds in the file and aware UTC outside.
"""
