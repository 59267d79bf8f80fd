"""beneficiary: one person's or unit's claims, months, status and links; caps are counted here."""
