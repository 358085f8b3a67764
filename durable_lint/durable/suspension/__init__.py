"""What stands around an operation when it suspends: clauses, clean-up, loops."""
