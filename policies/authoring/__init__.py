"""authoring: what people who write rules use: checks, cards, golden cases, mutations, pages."""
