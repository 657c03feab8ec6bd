"""Who plays customers and operators, in checks and notebooks. No service imports it."""
