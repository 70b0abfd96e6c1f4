"""Under which names this server answers."""

import pytest
from flask.testing import FlaskClient

PAGES = ["/healthz", "/readyz", "/sign-in", "/static/icon.svg"]


@pytest.fixture
def settings(
    settings: dict[str, str], request: pytest.FixtureRequest
) -> dict[str, str]:
    return {**settings, "WXCHANNELS_TRUSTED_HOSTS": getattr(request, "param", "")}


@pytest.mark.parametrize(
    ("settings", "host"),
    [("x.example", "evil.example"), ("", ".."), ("", "a" * 300)],
    indirect=["settings"],
)
def test_strange_host_is_refused_without_a_page(client: FlaskClient, host: str) -> None:
    headers = {"Host": host}

    answers = [client.get(page, headers=headers) for page in PAGES]
    form = client.post("/sign-in", headers=headers)
    program = client.get("/api/v1/channels", headers=headers)

    for answer in (*answers, form):
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert host not in answer.text
    assert program.status_code == 400
    assert program.json
    assert program.json["code"] == 400


@pytest.mark.parametrize("settings", ["X.Example"], indirect=True)
@pytest.mark.parametrize("host", ["x.example", "X.EXAMPLE", "X.Example:8000"])
def test_name_of_a_host_is_the_same_in_any_case(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200
