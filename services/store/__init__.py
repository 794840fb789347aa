"""The database: models, migrations and all SQL of the project."""
