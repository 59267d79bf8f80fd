"""http intake: messages over HTTP, from whoever has no Kafka, onto the very same topics.

READ FIRST. A request goes through `request_events` (which events it holds), `checking` (what each would
become, by intake's own reader) and `app` (publish what can be taken, answer for each).
"""
