"""authoring: policies listed, printed, compared, broken on purpose; the generated references."""
