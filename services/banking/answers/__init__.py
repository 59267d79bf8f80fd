"""answers: what a bank's answer file says of each payment, whatever its form."""
