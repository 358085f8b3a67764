"""What checkpoints keep of results."""
