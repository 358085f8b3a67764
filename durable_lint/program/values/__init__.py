"""What expressions may be, and what is seen to happen to it while code runs."""
