"""state: what one payee's history has come to."""
