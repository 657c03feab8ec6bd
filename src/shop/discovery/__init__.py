"""Lab 05: orders in several copies, those who know where they are, and a front that finds them in six ways."""
