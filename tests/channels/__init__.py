"""
Every way that a letter can leave, and every way that it can fail to.
"""
