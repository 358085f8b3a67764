"""What the Python says; without a word of Lambda."""
