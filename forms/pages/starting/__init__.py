"""Opening a work order."""
