"""
``escalate doctor``: what is wrong with runs and with the record, and what fixes it.

``examination`` finds, ``repairs`` fix, ``command`` asks and tells.
"""
