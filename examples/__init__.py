"""Programs that show how to speak with wxchannels."""
