"""What the SDK makes of a program; without opinions."""
