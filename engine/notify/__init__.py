"""Ways out of the house: one folder per channel, each deletable; and when to try again."""
