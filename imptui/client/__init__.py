"""impCentral API v5 over httpx: the only room that talks to the service.

`central` is the face: one part per resource (`calls`), over one `session` that reads, changes, decodes and logs in. Every
change passes `Session.change`, which asks the guard, sends once within the request budget (`pace`) and reports to the journal.
`codec` translates documents. Importing `central` loads neither httpx nor the codec; the first call does.
"""
