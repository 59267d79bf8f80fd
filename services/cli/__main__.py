"""So that `python -m services.cli` is the command, wherever it was installed."""

from services.cli.entry import main

if __name__ == "__main__":
    main()
