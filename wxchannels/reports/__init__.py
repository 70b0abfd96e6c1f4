"""What managers look at. Reads only."""
