import csv
import gzip
import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kikubari.collect.imports import FileFormat, open_rows
from kikubari.collect.imports.contracts import Row
from kikubari.spec.errors import InvalidInputError, NotFoundError, TooLargeError

FIXTURE_OK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def written(folder: Path, content: bytes, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def values(path: Path, **options):
    return [row.values for row in open_rows(path, **options).iter_rows() if isinstance(row, Row)]


def problems(path: Path, **options):
    rows = open_rows(path, **options).iter_rows()
    return [(row.problem.line, row.problem.code) for row in rows if not isinstance(row, Row)]


JAPANESE = "顧客ID,氏名,メモ\n1,山田太郎,髙島屋①\n2,佐藤花子,ソ表能\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (JAPANESE.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + JAPANESE.encode(), "utf-8"),
        (JAPANESE.encode("cp932"), "cp932"),
        ("a,b\n1,ﾔﾏﾀﾞ ﾀﾛｳ\n2,ｻﾄｳ\n".encode("cp932"), "cp932"),
        ("a,b\n1,Café\n2,Andréa\n".encode(), "utf-8"),
        (b"a,b\n1,2\n", "utf-8"),
        (b"a,b\n" + b"1,plain\n" * 100_000 + "1,山田さん\n".encode("cp932"), "cp932"),
    ],
)
def test_encoding_is_told_from_samples(tmp_path, content, encoding):
    source = open_rows(written(tmp_path, content))
    assert source.encoding == encoding
    text = content.removeprefix(b"\xef\xbb\xbf").decode(encoding)
    assert [list(row.values.values()) for row in source.iter_rows()] == list(
        csv.reader(io.StringIO(text))
    )[1:]


def test_western_text_is_not_taken_for_japanese(tmp_path):
    path = written(tmp_path, "name\nAndréa\nÉléonore\nZoé Müller\n".encode("cp1252"))
    with pytest.raises(InvalidInputError) as caught:
        open_rows(path)
    assert "--encoding" in caught.value.hint
    assert next(row["name"] for row in values(path, encoding="cp1252")) == "Andréa"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_refused_with_advice(tmp_path, codec):
    with pytest.raises(InvalidInputError, match="UTF-16") as caught:
        open_rows(written(tmp_path, "id,email\n1,a@example.com\n".encode(codec)))
    assert "UTF-8" in caught.value.hint


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    ),
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n"]),
    gzipped=st.booleans(),
)
@FIXTURE_OK
def test_csv_of_any_quoting_comes_back_and_resumes_anywhere(
    tmp_path, rows, delimiter, ending, gzipped
):
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    text = io.StringIO()
    # Python's writer leaves a lone carriage return without the quotes that RFC 4180 asks for.
    has_return = any("\r" in cell for row in rows for cell in row)
    quoting = csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows([["id", "name", "note"], *rows])
    content = text.getvalue().encode()
    name = "f.csv.gz" if gzipped else "f.csv"
    path = written(tmp_path, gzip.compress(content) if gzipped else content, name)
    source = open_rows(path, delimiter=delimiter, encoding="utf-8")
    found = list(source.iter_rows())
    assert [list(row.values.values()) for row in found] == rows
    for number, row in enumerate(found):
        assert list(source.iter_rows(row.next)) == found[number + 1 :]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_sniffed(tmp_path, delimiter):
    lines = ["id", "name", "note"], ["1", "a, b; c", "x"], ["2", "d | e", "y"]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    source = open_rows(written(tmp_path, text.getvalue().encode()))
    assert source.delimiter == delimiter
    assert source.columns == ("id", "name", "note")


def test_files_of_old_macs_are_read(tmp_path):
    path = written(tmp_path, b"id,name\r1,Ada\r2,Bo\r")
    source = open_rows(path)
    assert [row.values["name"] for row in source.iter_rows()] == ["Ada", "Bo"]


def test_line_numbers_are_those_of_the_file(tmp_path):
    path = written(tmp_path, b'id,note\n1,"two\nlines"\n\n2,x\n3\n4,y\n')
    assert [row.line for row in open_rows(path).iter_rows() if isinstance(row, Row)] == [2, 5, 7]
    assert problems(path) == [(6, "ragged_row")]


def test_faulty_rows_are_told_and_the_rest_is_read(tmp_path):
    lines = [
        b"id,name",
        b"1,Ada",
        b"2,Bo\0b",
        b"3,too,many",
        b"4,\xff\xfe",
        b'5,"bad"quote',
        b"6," + b"x" * 200_000,
        b"7,Cy,",
        b"8,Di",
    ]
    path = written(tmp_path, b"\n".join(lines) + b"\n")
    found = list(open_rows(path, encoding="utf-8").iter_rows())
    good = [row.values["id"] for row in found if isinstance(row, Row)]
    assert good == ["1", "7", "8"]
    assert [(bad.problem.line, bad.problem.code) for bad in found if not isinstance(bad, Row)] == [
        (3, "nul_byte"),
        (4, "ragged_row"),
        (5, "bad_encoding"),
        (6, "bad_quoting"),
        (7, "row_too_long"),
    ]
    assert found[2].problem.column == ""
    assert found[3].problem.column == "name"


def test_a_quote_never_closed_is_one_problem_that_names_its_lines(tmp_path):
    path = written(tmp_path, b'id,name\n1,Ada\n2,"open\n' + b"3,x\n" * 100_000)
    found = list(open_rows(path).iter_rows())
    assert found[0].values["id"] == "1"
    (bad,) = found[1:]
    assert bad.problem.code == "row_too_long"
    assert "lines 3 to 100003" in bad.problem.reason


def test_reading_goes_on_after_a_long_quoted_cell_and_not_inside_it(tmp_path):
    cell = b'"' + b"9,forged\n" * 30_000 + b'"'
    path = written(tmp_path, b"id,name\n1," + cell + b"\n2,Bo\n")
    assert [row["id"] for row in values(path)] == ["2"]
    assert problems(path) == [(2, "row_too_long")]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", InvalidInputError, "is empty"),
        (b"\xef\xbb\xbf", InvalidInputError, "is empty"),
        (b"\n\n \n", InvalidInputError, "is empty"),
        (b"id,email,id\n1,a,2\n", InvalidInputError, "occur twice: id"),
        (b",,\n1,2,3\n", InvalidInputError, "no header"),
        (b"," * 10_000_000, TooLargeError, "first line"),
        (b"c," * 5_000 + b"c\n", TooLargeError, "5001 columns"),
        (b"x" * 300_000, TooLargeError, "first line"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path, content, error, words):
    with pytest.raises(error, match=words):
        open_rows(written(tmp_path, content))


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(NotFoundError, match=r"absent\.csv"):
        open_rows(tmp_path / "absent.csv")


def test_a_truncated_gzip_gives_what_came_before(tmp_path):
    packed = gzip.compress(b"id,name\n" + b"".join(b"%d,x%d\n" % (n, n * n) for n in range(90_000)))
    rows = open_rows(written(tmp_path, packed[: len(packed) // 2], "f.csv.gz")).iter_rows()
    assert next(rows).values["id"] == "0"
    with pytest.raises(InvalidInputError, match="cannot be read beyond"):
        list(rows)


def test_a_gzip_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("kikubari.collect.imports._lines._RATIO_APPLIES_FROM", 1 << 20)
    packed = gzip.compress(b"id,name\n" + (b"1," + b"a" * 100_000 + b"\n") * 300, 9)
    with pytest.raises(TooLargeError, match="300 times"):
        list(open_rows(written(tmp_path, packed, "f.csv.gz")).iter_rows())


def test_jsonl_rows_and_faults(tmp_path):
    content = (
        b'{"id": 1, "name": "\xe5\xb1\xb1"}\n\n[1]\n{"id": \n{"id": 1e999}\n'
         b'{"id": ' + b"[" * 5000 + b"\n"
        + b'{"id": 2, "extra": {"deep": true}}'
    )  # fmt: skip
    path = written(tmp_path, content, "f.jsonl")
    source = open_rows(path)
    assert source.columns == ("id", "name", "extra")
    assert values(path) == [{"id": 1, "name": "山"}, {"id": 2, "extra": {"deep": True}}]
    assert problems(path) == [(3, "bad_json"), (4, "bad_json"), (5, "bad_json"), (6, "bad_json")]
    found = list(source.iter_rows())
    for number, row in enumerate(found):
        assert list(source.iter_rows(row.next)) == found[number + 1 :]


def test_a_json_array_is_refused_with_advice(tmp_path):
    with pytest.raises(InvalidInputError, match="JSON array"):
        open_rows(written(tmp_path, b'[{"id": 1}]', "f.json"))


def test_parquet_rows_resume_within_and_across_groups(tmp_path):
    table = pa.table(
        {
            "id": list(range(1200)),
            "at": [datetime(2026, 1, 1, 9, 30)] * 1200,  # noqa: DTZ001 - as files have them
            "on": [date(2026, 1, 1)] * 1200,
            "price": [Decimal("12.50")] * 1200,
            "lines": [[{"sku": "a"}]] * 1200,
        }
    )
    path = tmp_path / "f.parquet"
    pq.write_table(table, path, row_group_size=500)
    source = open_rows(path)
    assert source.format is FileFormat.PARQUET
    found = list(source.iter_rows())
    assert found[1199].values == {
        "id": 1199,
        "at": "2026-01-01T09:30:00",
        "on": "2026-01-01",
        "price": "12.50",
        "lines": [{"sku": "a"}],
    }
    for number in (499, 1100):
        assert list(source.iter_rows(found[number].next)) == found[number + 1 :]


def test_xlsx_rows_resume(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["顧客ID", "登録日", "金額", None],
        [17850, datetime(2026, 11, 22, 9, 5), 12.5, None],  # noqa: DTZ001 - as sheets have them
        [None, None, None, None],
        ["00123", date(2026, 11, 22), 3, True],
    ):
        sheet.append(row)
    path = tmp_path / "f.xlsx"
    book.save(path)
    source = open_rows(path)
    found = list(source.iter_rows())
    assert [row.line for row in found] == [2, 4]
    assert found[0].values["顧客ID"] == 17850
    assert found[0].values["登録日"] == "2026-11-22T09:05:00"
    assert found[1].values == {
        "顧客ID": "00123", "登録日": "2026-11-22", "金額": 3, "column_4": True,
    }  # fmt: skip
    assert list(source.iter_rows(found[0].next)) == found[1:]


def test_a_workbook_that_asks_for_everything_is_refused_and_harmless(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "bomb.xlsx")
    with pytest.raises(TooLargeError, match="memory") as caught:
        open_rows(tmp_path / "bomb.xlsx")
    assert "CSV" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("f.parquet", b"id,name\n1,a\n", "not a PARQUET"),
        ("f.xlsx", b"id,name\n1,a\n", "not a XLSX"),
        ("f.parquet", b"PAR1 and nothing else", "not a complete Parquet"),
        ("f.parquet", b"PAR1" + b"\0" * 99 + struct.pack("<I", 50) + b"PAR1", "cannot be read"),
        ("f.parquet", b"PAR1" + struct.pack("<I", 2**31) + b"PAR1", "too many columns"),
        ("f.xlsx", b"PK\x03\x04 broken", "cannot be read"),
    ],
)
def test_broken_binary_files_say_so(tmp_path, name, content, words):
    with pytest.raises(InvalidInputError, match=words):
        open_rows(written(tmp_path, content, name))


def test_an_archive_is_no_file_of_rows(tmp_path):
    """Whatever it is called: nothing is unpacked, so nothing lands beside it either."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../../evil.csv", "email\nevil@example.jp\n")
        packed.writestr("xl/workbook.xml", "<x/>")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    for name in ("people.csv", "people.zip", "people.xlsx", "people.jsonl", "people.csv.gz"):
        path = written(inner, archive.getvalue(), name)
        try:
            found = values(path)
        except (InvalidInputError, TooLargeError):
            found = []
        assert not [row for row in found if "evil@example.jp" in row.values()], name
        path.unlink()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
