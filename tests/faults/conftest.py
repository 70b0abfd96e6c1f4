"""The product on either database, started once and given to one test after another."""

from collections.abc import Iterator

import pytest

from tests.faults import cluster, product
from tests.faults.cluster import Cluster
from tests.faults.product import Product
from tests.faults.proxy import Proxy


@pytest.fixture(name="cluster", scope="session")
def own_postgresql() -> Iterator[Cluster]:
    with cluster.running() as own:
        yield own


@pytest.fixture(name="proxy", scope="session")
def proxy_before_postgresql(cluster: Cluster) -> Iterator[Proxy]:
    proxy = Proxy(cluster.port)
    yield proxy
    proxy.close()


@pytest.fixture(name="installed_on_postgresql", scope="session")
def product_on_postgresql(
    cluster: Cluster, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    cluster.create("product")
    installed = product.install(
        tmp_path_factory.mktemp("postgresql"),
        cluster.url("product"),
        seen_at=cluster.url("product", proxy.port),
    )
    yield installed
    installed.close()


@pytest.fixture(name="installed_on_sqlite", scope="session")
def product_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("sqlite")
    installed = product.install(folder, f"sqlite:///{folder / 'product.sqlite3'}")
    yield installed
    installed.close()


@pytest.fixture(name="on_postgresql")
def served_on_postgresql(installed_on_postgresql: Product, proxy: Proxy) -> Product:
    proxy.latency, proxy.cuts = 0.0, 0
    return installed_on_postgresql.served()


@pytest.fixture(name="on_sqlite")
def served_on_sqlite(installed_on_sqlite: Product) -> Product:
    return installed_on_sqlite.served()


@pytest.fixture(name="product", params=["sqlite", "postgresql"])
def served_on_each(request: pytest.FixtureRequest) -> Product:
    installed: Product = request.getfixturevalue(f"on_{request.param}")
    return installed
