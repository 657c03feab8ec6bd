"""What differs between the deploys of the shop: one runs on your laptop, others where customers are."""

# TODO 2.1: the environment alone says what differs between deploys; where it says nothing, the shop does not start.
DATABASE_URL = "sqlite:///chandlery.db"
SECRET_KEY = "whale-oil-and-tallow-1843"
