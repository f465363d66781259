"""The steps that give one form to what has exactly one meaning; each says what it assumes."""
