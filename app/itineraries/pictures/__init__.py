"""Static pictures of itineraries: a map with legs by status, dark periods dashed, sources listed."""
