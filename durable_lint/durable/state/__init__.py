"""What is changed, kept or handed out: whose it is, and what of it replay loses."""
