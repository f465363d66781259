"""Demonstration data: an invented operator whose work orders were really worked, in fast time.

Everybody and everything in it is made up: 云川电信 does not exist, nor do its people, customers,
addresses or telephone numbers.
"""
