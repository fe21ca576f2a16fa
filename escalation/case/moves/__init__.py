"""The moves that people make: one file a move, or a pair that undo each other. This file is their index."""
