"""main: the command's old name, for scripts of operators that call `python -m services.main`."""
