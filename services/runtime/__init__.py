"""Runtime: the adapters between our code and the machines it runs on."""
