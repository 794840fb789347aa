"""The only place with streams, SQL, HTTP, clocks, files and the command line."""
