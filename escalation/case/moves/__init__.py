"""The moves that people make: one file a move, or a pair that undo each other. `case/move_index.py` lists them."""
