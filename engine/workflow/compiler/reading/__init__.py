"""First stage: bytes to trees whose elements know their place."""
