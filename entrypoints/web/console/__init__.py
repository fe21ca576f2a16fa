"""
The console: the pages that a support organisation opens in the morning.

Owns what people see and press there. It must not know rules: forms are made from the declarations of the moves, and the
engine alone says what is allowed.
"""
