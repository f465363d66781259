"""Fourth stage: the graph of a process, with every expression and time compiled."""
