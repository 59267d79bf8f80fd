"""embedded: real Kafka and PostgreSQL servers for a machine that has Python alone."""
