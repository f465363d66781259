"""One work order, part by part."""
