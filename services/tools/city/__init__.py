"""city: a city's folder made, checked and shown, for whoever sets one up."""
