"""Account binding and sign-in by QR code."""
