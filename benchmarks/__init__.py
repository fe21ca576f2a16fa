"""How fast it is: figures that can be repeated, each printed by the module that measures it."""
