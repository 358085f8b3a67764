"""Everything about an order that is not the workflow itself."""
