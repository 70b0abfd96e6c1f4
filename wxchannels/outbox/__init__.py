"""Outside work as rows: asked for, claimed, done once, or parked."""
