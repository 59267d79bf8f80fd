"""pages: one module per noun, each with its addresses; queries beside them read, templates show."""
