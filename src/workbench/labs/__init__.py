"""What only one lab's checks and notebook play."""
