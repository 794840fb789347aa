"""Log-in, accounts and the audit."""
