"""overview: what the first screen counts: work that waits, and alarms."""
