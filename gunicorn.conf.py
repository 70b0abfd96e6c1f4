"""What gunicorn reads from the folder it is started in."""

#: A request half received must not keep a server that is told to stop: it waits for
#: this long and ends within ten seconds.
graceful_timeout = 7
