"""Which functions a project deploys, and how they are reached."""
