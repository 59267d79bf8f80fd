"""Outcomes: every decision, refusal and payment state told to upstream, without a person in it."""
