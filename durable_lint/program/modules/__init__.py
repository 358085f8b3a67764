"""The files of a project: their text, their scopes, and where their imports lead."""
