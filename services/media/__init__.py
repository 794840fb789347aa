"""Large things, stored once and referred to by URI."""
