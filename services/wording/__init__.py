"""wording: what states, codes, facts, benefits and figures are called, on a screen and in a terminal."""
