"""The doctor: findings about runs and the record, and their repairs."""
