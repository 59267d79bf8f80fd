"""So that `python -m services.main` is still the command; its name today is `benefit-ledger`."""

from services.cli.entry import main

if __name__ == "__main__":
    main()
