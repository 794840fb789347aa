"""Which trip a bus runs, how sure that is, and where along it the bus is."""
