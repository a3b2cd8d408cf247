"""Answers for people: inspections, explanations, lists, drawings."""
