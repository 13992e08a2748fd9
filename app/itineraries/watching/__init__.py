"""What those who watch are told of craft: entries of zones, activities, identities, lists."""
