"""words: what states, codes, facts, benefits and figures are called on the screen."""
