"""Faults 6, 13 and 27: others who want something of the server meanwhile."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from tests import pushes
from tests.e2e import servers
from tests.faults.checker import check
from tests.faults.cluster import Cluster
from tests.faults.load import pushing, send
from tests.faults.product import Product

#: P3's hard limit, for a machine that is busy with other tests as well.
LIMIT_SECONDS = 3.0
HALF_A_HEAD = b"POST /weixin HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


def half_a_body(slug: str) -> bytes:
    head = f"POST {pushes.signed(slug)} HTTP/1.1\r\nHost: localhost\r\n"
    return f"{head}Content-Length: 500\r\n\r\n<xml>".encode()


@contextmanager
def clients(port: int, requests: Sequence[bytes]) -> Iterator[None]:
    """Have each of `requests` begun on a connection of its own and never ended."""
    with ExitStack() as open_ones:
        for request in requests:
            client = socket.create_connection(("127.0.0.1", port))
            open_ones.enter_context(client).sendall(request)
        yield


def test_slow_headers_of_200_clients_keep_no_push_waiting(on_sqlite: Product) -> None:
    load = on_sqlite.open_account()
    send(load, 1)

    with clients(load.ports[0], [HALF_A_HEAD] * 200):
        send(load, 20)

    assert load.failed == []
    assert load.seconds() < LIMIT_SECONDS
    check(on_sqlite, load)


def test_forged_pushes_keep_no_push_waiting_while_the_database_is_frozen(
    cluster: Cluster, on_postgresql: Product
) -> None:
    load = on_postgresql.open_account()
    send(load, 1)
    forged = b"POST /weixin/%s?signature=0&timestamp=1&nonce=2 HTTP/1.1\r\n"
    forged += b"Host: localhost\r\nContent-Length: 0\r\n\r\n"
    slugs = [load.slug.encode(), b"nobody"]

    with cluster.frozen():
        send(load, 1)
        with clients(load.ports[0], [forged % slug for slug in slugs * 50]):
            send(load, 20)

    assert load.failed == []
    assert load.seconds() < LIMIT_SECONDS
    check(on_postgresql, load)


def test_pages_that_hang_keep_no_push_waiting(on_postgresql: Product) -> None:
    load = on_postgresql.open_account()
    send(load, 1)
    page = (
        b"GET /api/v1/channels HTTP/1.1\r\nHost: localhost\r\n"
        b"Authorization: Bearer wxc_00000000_00000000000000000000000000000000\r\n\r\n"
    )

    with on_postgresql.session() as session:
        session.execute(
            text("LOCK TABLE api_key, user_session IN ACCESS EXCLUSIVE MODE")
        )
        with clients(load.ports[0], [page] * 40):
            send(load, 20)

    assert load.failed == []
    assert load.seconds() < LIMIT_SECONDS
    check(on_postgresql, load)


def test_server_told_to_stop_under_load_ends_in_time_and_loses_nothing(
    on_sqlite: Product,
) -> None:
    load, [host] = on_sqlite.open_account(), on_sqlite.hosts
    send(load, 1)

    with pushing(load, rate=50), clients(load.ports[0], [half_a_body(load.slug)]):
        load.wait_for(acknowledged=30)
        seconds = host.stop()

    assert seconds < servers.STOP_SECONDS
    host.start()
    check(on_sqlite, load)
