"""The grammar of JSON:API 1.0 as impCentral speaks it: documents, resources, linkage, links, errors, pages.

No word of the field is known here: what attributes and relationships there are is the business of each codec.
Source: contract 2.3, 4.1, 4.2.
"""
