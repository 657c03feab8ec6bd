"""The labs' notebooks as files: executed, written in one form, held to the house rules, and run again by nbval."""
