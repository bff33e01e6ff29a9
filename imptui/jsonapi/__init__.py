"""The grammar of JSON:API 1.0 as impCentral speaks it: documents, resources, linkage, links, errors, pages.

The room knows no attribute or relationship of impCentral; each codec brings its own. Source: contract 2.3, 4.1, 4.2.
"""
