"""The city, its parts and its clock."""
