"""So that `python -m services.main` is the command, wherever it was installed."""

from services.main.entry import main

if __name__ == "__main__":
    main()
