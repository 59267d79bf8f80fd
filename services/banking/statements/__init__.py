"""statements: a bank's account of one of the city's accounts, read whole or refused whole."""
