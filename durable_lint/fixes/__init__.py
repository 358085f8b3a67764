"""Edits that mend findings, and how they are applied."""
