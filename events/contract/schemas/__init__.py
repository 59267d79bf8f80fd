"""schemas: the public contract written out: JSON Schema, AsyncAPI, examples, pages for people."""
