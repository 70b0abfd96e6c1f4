"""What the person on call wants to know, as numbers."""
