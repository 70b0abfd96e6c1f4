"""What every table shares: named constraints, one vocabulary of types."""

from typing import ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Row numbers of tables that grow with every push. SQLite numbers rows by itself
#: only where the type is INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


def exact(length: int) -> String:
    """Return a text type in which `Shop_7` and `shop_7` differ, on MySQL too."""
    return String(length).with_variant(
        String(length, collation="utf8mb4_bin"), "mysql", "mariadb"
    )


class Base(DeclarativeBase):
    """The declarative base of all models; knows nothing of Flask."""

    metadata = MetaData(naming_convention=NAMING)
    #: No model here stands for a join: Core may speak of all of them as tables.
    __table__: ClassVar[Table]
