"""Files shipped for operators, tried with the tools that they use."""
