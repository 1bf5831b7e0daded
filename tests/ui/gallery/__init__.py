"""A gallery of every part of the interface over made-up rows, for screenshots and accessibility checks."""
