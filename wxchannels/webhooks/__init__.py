"""Other systems are told what happens: signed, in order, until they took it."""
