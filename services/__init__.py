"""Services: the deciders, the processes around them, and the command line."""
