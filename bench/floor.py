"""An empty Flask view: what the same server can do at best."""

from flask import Flask, request

app = Flask(__name__)


@app.post("/weixin/bench")
def answer() -> str:
    """Take the body off the connection, as any server has to, and do nothing."""
    request.get_data()
    return "success"
