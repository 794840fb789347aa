"""Small networks of our own, fitted on made-up and painted pictures: plate reader, plate finder, helmets."""
