"""Judgements that several rules use."""
