"""pages: one module a page or a group of pages: what an address shows, what its forms ask for."""
