import csv
import io
import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from vms.cameras.camera_list import CheckedList, Known, checked
from vms.cameras.csv_text import MOST_BYTES, UnreadableFile
from vms.cameras.words import folded

SITE = "site-000000000001"
ROOM = "room-000000000001"
KNOWN = Known(
    sites={folded("Ngã tư Chiềng Lề"): [SITE], folded("Hai nơi"): ["site-a000000", "site-b000000"]},
    courtrooms={folded("Phòng xử 1"): [ROOM]},
    numbers={7},
    device_keys={"onvif:10.9.9.9:80"},
    angles={(ROOM, "bench")},
)
ENGLISH = "address,username,password,name,number,site,rtsp_main,rtsp_sub,courtroom,angle\n"
VIETNAMESE = "Địa chỉ;Tài khoản;Mật khẩu;Tên camera;Số;Điểm lắp đặt\n"


def read(text: str, encoding: str = "utf-8") -> CheckedList:
    return checked(text.encode(encoding), KNOWN)


def codes(text: str) -> list[list[str]]:
    return [[problem.code for problem in line.problems] for line in read(text).lines]


def test_a_right_line_becomes_a_wish() -> None:
    (line,) = read(ENGLISH + '10.0.0.5:8000,admin,"p,w;1",Cổng chính,12,Ngã tư Chiềng Lề\n').lines
    assert line.problems == ()
    wish = line.wish
    assert wish is not None
    assert wish.xaddr == "http://10.0.0.5:8000/onvif/device_service"
    assert (wish.credentials.username, wish.credentials.password) == ("admin", "p,w;1")
    assert (wish.name, wish.number, wish.site_id) == ("Cổng chính", 12, SITE)


@pytest.mark.parametrize(
    ("encoding", "prefix"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1258", b""),
    ],
)
def test_the_encodings_of_office_spreadsheets_are_told_apart(encoding: str, prefix: bytes) -> None:
    text = VIETNAMESE + "10.0.0.5;admin;x;Cổng;1;Ngã tư Chiềng Lề\n"
    if encoding == "cp1258":  # letters and tone marks apart, as that code page has them
        text = "".join(_cp1258(character) for character in unicodedata.normalize("NFC", text))
    result = checked(prefix + text.encode(encoding), KNOWN)
    assert result.ok, result
    assert result.lines[0].name == "Cổng"
    assert result.delimiter == ";"


def _cp1258(character: str) -> str:
    for form in (character, unicodedata.normalize("NFD", character)):
        try:
            form.encode("cp1258")
        except UnicodeEncodeError:
            continue
        return form
    base, *marks = unicodedata.normalize("NFD", character)
    tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
    shape = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark not in tones))
    return shape + "".join(tones)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter_is_found_from_the_header(delimiter: str) -> None:
    text = delimiter.join(["address", "site"]) + "\n" + delimiter.join(["10.0.0.5", SITE]) + "\n"
    assert read(text).ok


def test_the_line_that_excel_puts_first_names_the_delimiter() -> None:
    assert read(f"sep=;\naddress;site\n10.0.0.5;{SITE}\n").ok


def test_a_forgotten_quote_spoils_one_line_only() -> None:
    text = f'address,name,site\n10.0.0.1,"Cổng,{SITE}\n10.0.0.2,Sân,{SITE}\n'
    assert codes(text) == [["broken_quotes"], []]


def test_line_numbers_are_those_of_the_file() -> None:
    text = f"address,site\r\n\r\n10.0.0.1,{SITE}\r\n,,\r\n10.0.0.2,nowhere\r\n"
    assert [(line.line, bool(line.problems)) for line in read(text).lines] == [(3, False), (5, True)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("10.0.0.300,a,b,n,1,Ngã tư Chiềng Lề", ["bad_address"]),
        ("http://u:p@10.0.0.3/,a,b,n,1,Ngã tư Chiềng Lề", ["user_info"]),
        ("10.0.0.3,a,b,n,0,Ngã tư Chiềng Lề", ["bad_number"]),
        ("10.0.0.3,a,b,n,١,Ngã tư Chiềng Lề", ["bad_number"]),
        ("10.0.0.3,a,b,n,7,Ngã tư Chiềng Lề", ["number_taken"]),
        ("10.9.9.9,a,b,n,1,Ngã tư Chiềng Lề", ["already_registered"]),
        ("10.0.0.3,a,b,n,1,", ["no_site"]),
        ("10.0.0.3,a,b,n,1,Nowhere", ["unknown_site"]),
        ("10.0.0.3,a,b,n,1,Hai nơi", ["ambiguous_site"]),
        (",a,b,n,1,Ngã tư Chiềng Lề", ["no_address"]),
        ("10.0.0.3,a,b,n,1,Ngã tư Chiềng Lề,rtsp://10.0.0.3/1", ["two_addresses"]),
        (",a,b,n,1,Ngã tư Chiềng Lề,http://10.0.0.3/1", ["bad_address"]),
        ("10.0.0.3,a,b,n,1,Ngã tư Chiềng Lề,,,Phòng xử 1,Chủ tọa", ["angle_taken"]),
        ("10.0.0.3,a,b,n,1,Ngã tư Chiềng Lề,,,Phòng xử 1,", ["courtroom_and_angle"]),
        ("10.0.0.3,a,b,n,1,Ngã tư Chiềng Lề,,,Phòng xử 1,ceiling", ["unknown_angle"]),
        ("10.0.0.3,a,b,n,1,Ngã tư Chiềng Lề,,,Phòng xử 1,bị cáo,extra", ["too_many_fields"]),
    ],
)
def test_each_mistake_has_its_own_code(row: str, expected: list[str]) -> None:
    assert codes(ENGLISH + row + "\n") == [expected]


def test_two_lines_for_one_device_or_number_are_both_wrong() -> None:
    text = f"address,number,site\n10.0.0.1,5,{SITE}\n10.0.0.1:80,6,{SITE}\n10.0.0.2,6,{SITE}\n"
    assert codes(text) == [["repeated_device"], ["repeated_device", "repeated_number"], ["repeated_number"]]


def test_a_header_that_says_nothing_known_is_named() -> None:
    assert codes("10.0.0.1;admin\n10.0.0.2;admin\n")[0] == ["no_header"]
    assert codes(f"address,site,adress\n10.0.0.1,{SITE},x\n")[0] == ["unknown_column"]
    assert codes("address,name\n10.0.0.1,x\n")[0] == ["missing_column"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"address,site\n", "empty"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"address,site\n" + b"10.0.0.1,x\n" * 1001, "too_many_rows"),
        (b"\xff\xfe\x00\xd8a", "bad_encoding"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        checked(data, KNOWN)
    assert caught.value.code == code


@given(st.binary(max_size=600))
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    for content in (data, ENGLISH.encode() + data, b"\xff\xfe" + data):
        try:
            result = checked(content, KNOWN)
        except UnreadableFile:
            continue
        for line in result.lines:
            assert (line.wish is None) == bool(line.problems)


_SECRET = "S3cret-Xyz-0987"
_CELL = st.one_of(
    st.sampled_from(["10.0.0.1", "rtsp://h/1", "7", _SECRET, f"rtsp://u:{_SECRET}@h/", SITE, '"', ";", ""]),
    st.text(max_size=8),
)


@settings(max_examples=200)
@example(["10.0.0.5", "ad\nmin,a,b"], ",")
@given(st.lists(_CELL, min_size=1, max_size=12), st.sampled_from(",;\t"))
def test_a_report_never_repeats_a_password(cells: list[str], delimiter: str) -> None:
    cells = [*cells[:2], _SECRET, *cells[2:]]
    names = [cell for cell, column in zip(cells, ENGLISH.splitlines()[0].split(","), strict=False) if column == "name"]
    assume(_SECRET not in names)  # what somebody writes as a name is a name
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(cells)
    try:
        result = read(ENGLISH.replace(",", delimiter) + line.getvalue())
    except UnreadableFile:
        return
    for line in result.lines:
        assert _SECRET not in f"{line.line}{line.name}{line.address}{line.problems}"
        assert _SECRET not in repr(line)
