"""Outcomes: every decision, refusal and payment state published to upstream, without a person in it."""
