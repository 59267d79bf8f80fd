"""cast: the invented city: its people, their claims and what upstream says of them."""
