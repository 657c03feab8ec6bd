"""Lab 02's platform: it runs what a Procfile says, as a buyer of platforms expects it."""
