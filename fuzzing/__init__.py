"""Fuzzing: random texts for every part that reads what others wrote."""
