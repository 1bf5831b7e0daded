"""Stand-ins for services of others, on this machine, for the demo and the tests. They speak the real protocols."""
