"""The read side: typed rows, bounded pages, ordered by an index; nothing here writes."""
