"""kafka: packets of commands, ids of topics, and the topic of dead letters."""
