"""The process that does the outside work: woken by Huey, told what by the rows."""
