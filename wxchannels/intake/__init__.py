"""The edge that commits pushes."""
