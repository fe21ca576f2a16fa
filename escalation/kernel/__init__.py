"""Parts that every process of ours is made of: values, refusals, reasons, time and clocks."""
