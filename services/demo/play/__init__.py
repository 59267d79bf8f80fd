"""play: half a year, month by month, by the same commands and messages as in life."""
