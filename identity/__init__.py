"""
Identity: people who sign in, machines with keys, and the proof that a move is theirs.

Owns how a caller becomes a person of the playbook, and how the web service vouches for them. It must not know what a
move means.
"""
