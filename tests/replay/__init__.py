"""What running escalations demand of a changed program: their histories still lead where they led."""
