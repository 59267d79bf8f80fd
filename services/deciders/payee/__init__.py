"""payee: who is paid and owes: payments, accounts, debts, advances, promises."""
