"""What differs between the deploys of the shop: one runs on your laptop, others where customers are."""

import os

DATABASE_URL = os.environ["DATABASE_URL"]
SECRET_KEY = os.environ["SECRET_KEY"]
