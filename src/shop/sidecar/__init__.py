"""Lab 15's apps: the shop, and the sidecars in its pod."""
