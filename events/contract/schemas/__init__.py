"""Schemas: the public contract written out; `benefit-ledger docs` writes it, a test finds what is stale.

In:    the models of `inbound` and `outbound`, the registry of application facts, `events.codes`
Out:   `generate.files`: every generated file by its path below docs/reference
Holds: the same code writes the same bytes

| module | writes |
|---|---|
| `asyncapi` | asyncapi.yaml: topics, messages, who sends and who reads |
| `json_schemas`, `facts_schema` | schemas/<type>.json |
| `examples` | examples/<type>.json, each of which is read as it stands |
| `messages_page` | messages.md |
| `codes_page` | codes.md: every code that anybody is told |
"""
