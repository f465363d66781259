"""From bytes to a graph, or to every reason why not: read, normalise, check, build, verify."""
