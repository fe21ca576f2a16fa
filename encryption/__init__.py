"""Encryption of what is stored: keys, Temporal's payloads, names that lists search by, columns of the record."""
