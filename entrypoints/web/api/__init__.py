"""
The HTTP API: each resource has a file, and holds no rule: it asks the client, and shows what the engine answers.
"""
