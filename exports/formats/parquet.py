"""Parquet, where its library is installed: typed columns, in groups of ten thousand rows."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from exports.formats.columns import Column, Dialect, Kind
from exports.formats.values import plain

GROUP = 10_000
# Wide enough for every amount and point value that is kept.
DIGITS, DECIMALS = 24, 6


def _same(value: Any) -> Any:
    return value


CONVERTERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: plain,
    Kind.CODE: plain,
    Kind.CHOICE: plain,
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.MONEY: Decimal,
    Kind.MOMENT: _same,
    Kind.DAY: _same,
    Kind.YES_NO: bool,
}


def write_parquet(rows: Iterable[Sequence[Any]], columns: Sequence[Column], dialect: Dialect, target: BinaryIO) -> None:
    """Write the rows; moments are in UTC, to the microsecond."""
    # Not needed by anything else, and large: loaded where it is used.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([_field(pa, column) for column in columns])
    found = iter(rows)
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        while group := list(islice(found, GROUP)):
            arrays = [
                _array(pa, column, values, schema.field(column.key).type)
                for column, values in zip(columns, zip(*group, strict=True), strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=GROUP)


def _field(pa: Any, column: Column) -> Any:
    return pa.field(column.key, _type(pa, column.kind), metadata={"title": str(column.title)})


def _type(pa: Any, kind: Kind) -> Any:
    match kind:
        case Kind.INTEGER:
            return pa.int64()
        case Kind.DECIMAL | Kind.MONEY:
            return pa.decimal128(DIGITS, DECIMALS)
        case Kind.MOMENT:
            return pa.timestamp("us", tz="UTC")
        case Kind.DAY:
            return pa.date32()
        case Kind.YES_NO:
            return pa.bool_()
        case _:
            return pa.string()


def _array(pa: Any, column: Column, values: Sequence[Any], as_type: Any) -> Any:
    convert = CONVERTERS[column.kind]
    return pa.array([None if value is None else convert(value) for value in values], type=as_type)
