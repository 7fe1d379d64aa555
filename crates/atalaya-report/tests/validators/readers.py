"""Readers people have: csv, openpyxl, pyarrow, pandas, duckdb."""
import csv, datetime, decimal, json, os, sys, zipfile

try:
    import openpyxl, pyarrow.parquet
except ImportError as e:
    print(f"SKIPPED: {e}")
    sys.exit(0)

folder = sys.argv[1]
for table in ["coca-area", "seizures", "attacks"]:
    at = lambda ending: os.path.join(folder, table + ending)
    document = json.load(open(at(".json"), encoding="utf-8"))
    columns = {c["id"]: c["kind"] for c in document["columns"]}
    numbers = {c for c, kind in columns.items() if kind in ("count", "decimal")}
    text = lambda value: None if value in (None, "") else str(value)
    wanted = [{c: text(v) for c, v in r.items()} for r in document["rows"]]

    # CSV: as the sidecar says, one mark is taken away.
    meta = json.load(open(at(".plain.meta.json"), encoding="utf-8"))
    mark = meta["dialect"]["defused"]
    restore = lambda c, v: v if c in numbers or not v.startswith(mark) else v[1:]
    with open(at(".plain.csv"), encoding="utf-8", newline="") as f:
        read = [{c: restore(c, v) or None for c, v in r.items()} for r in csv.DictReader(f)]
    assert read == wanted, [(a, b) for a, b in zip(read, wanted) if a != b][:2]

    # xlsx: no formula anywhere, numbers are numbers.
    book = openpyxl.load_workbook(at(".xlsx"))
    assert book.sheetnames == ["data", "acerca de"], book.sheetnames
    sheet = book["data"]
    assert sheet.freeze_panes == "A2"
    assert not [c.coordinate for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]
    kept = 0
    for row, expected in zip(sheet.iter_rows(min_row=2), wanted, strict=True):
        for cell, (column, value) in zip(row, expected.items(), strict=True):
            if value is None:
                assert cell.value is None
            elif column in numbers and cell.data_type == "n":
                assert decimal.Decimal(repr(cell.value)) == decimal.Decimal(value), (cell.value, value)
            else:
                kept += column in numbers
                # openpyxl undoes the file format's escapes (`_x000D_`) only in part.
                assert value in (cell.value, openpyxl.utils.escape.unescape(cell.value)), (cell.value, value)
    # No clock: the same table gives the same bytes.
    stamps = {i.date_time for i in zipfile.ZipFile(at(".xlsx")).infolist()}
    assert len(stamps) == 1 and min(stamps)[0] == 1980, stamps
    assert {book.properties.created, book.properties.modified} == {datetime.datetime(2000, 1, 1)}
    about = [c for r in book["acerca de"].iter_rows(values_only=True) for c in r if c]
    for fact in ["TLP:AMBER", "2022-12-31", "2023-08-15", "CC BY 4.0", "snap-5f2c", "unodc-monitoring"]:
        assert fact in about, fact
    assert any("SIMULADO" in a for a in about)

    # Parquet.
    parquet = pyarrow.parquet.read_table(at(".parquet"))
    assert parquet.schema.metadata[b"label"] == b"TLP:AMBER"
    for row, expected in zip(parquet.to_pylist(), wanted, strict=True):
        for column, value in expected.items():
            got = row[column] or None if column not in numbers else row[column]
            assert (got is None and value is None) or (decimal.Decimal(value) == got if column in numbers else value == got), (column, got, value)
    print("csv, openpyxl", openpyxl.__version__, "pyarrow", pyarrow.__version__, table, "rows:", len(wanted), "numbers kept as text:", kept)
    try:
        import duckdb
        path = at(".parquet")
        assert duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0] == len(wanted)
        print("duckdb", duckdb.__version__, table, "read")
    except ImportError as e:
        print(f"SKIPPED: {e}")
