"""Last stage: the built graph is compared with the file, read a second time."""
