"""Demo: a city's applications, its bank and its month, all invented and all repeatable."""
