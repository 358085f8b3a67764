"""Running code on values instead of data: statements, expressions, calls, the standard library."""
