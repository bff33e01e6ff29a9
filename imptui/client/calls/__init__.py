"""The calls of the API, one module per resource of the service.

Each class holds the `Session` that it calls through. A method builds the request, says what the guard and the journal have to
know about it, and decodes the answer. Method names repeat from class to class: `pages`, `get`, `create`, `update`, `delete`.
"""
