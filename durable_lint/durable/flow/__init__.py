"""Where values, calls and names go: into operations, out of them, and past them."""
