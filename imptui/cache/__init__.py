"""The cache: what the console remembers of one context, in one SQLite file.

`Cache` is the face; its parts are the tables by what they hold. Every method blocks and is safe in any thread, so it
belongs in worker threads and never on the UI thread. Reads have connections of their own beside one writer. A search
takes a `Stop`, which ends it within milliseconds from any thread. A damaged file is put aside, and its journal and
drafts are taken over; a file of a newer version is refused. Times are whole microseconds in the file and aware UTC
outside.
"""
