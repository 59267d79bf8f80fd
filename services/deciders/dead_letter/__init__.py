"""dead letter: what an administrator does about a message that could not be taken in."""
