"""acts: forms that staff fill in become commands, sent once, and answered on a page."""
