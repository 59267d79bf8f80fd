"""bank: the invented bank, its files, its books and its mistakes."""
