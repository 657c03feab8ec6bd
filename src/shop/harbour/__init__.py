"""The harbour office: the third party that several labs pay, and who calls it."""
