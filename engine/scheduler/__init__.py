"""The metronome of a node: the only importer of APScheduler."""
