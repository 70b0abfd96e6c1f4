"""The official accounts we count for: connecting them, and knowing that it worked."""
