"""The steps that bring a record store up to this program, one file each. ``records/migration.py`` applies them."""
