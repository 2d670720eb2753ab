import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms.cameras.addresses import BadAddress, at_host, authority_of, host_and_port, onvif_url, probe_list, rtsp_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("10.0.0.1", "http://10.0.0.1:80/onvif/device_service"),
        ("10.0.0.1:8000", "http://10.0.0.1:8000/onvif/device_service"),
        ("Cam-1.local", "http://cam-1.local:80/onvif/device_service"),
        ("[fe80::1]:8000", "http://[fe80::1]:8000/onvif/device_service"),
        ("http://10.0.0.1:8000/", "http://10.0.0.1:8000/onvif/device_service"),
        ("https://10.0.0.1/onvif/dev", "https://10.0.0.1/onvif/dev"),
    ],
)
def test_what_people_write_becomes_a_device_service_address(text: str, url: str) -> None:
    assert onvif_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", " ", "http://", "ftp://h/", "10.0.0.300", "10.0.0.1:0", "10.0.0.1:99999", "224.0.0.1", "0.0.0.0", "a b", "http://h/\nx", "http://h/#x",
     "http://h\\@x/", "[::1", "x" * 600, "http://[::1/", "-a.b", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        onvif_url(text)
    assert caught.value.code == "bad_address"


@pytest.mark.parametrize("text", ["http://u:p@h/", "u:p@10.0.0.1"])
def test_an_address_with_a_login_is_refused_by_its_own_code(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        onvif_url(text)
    assert caught.value.code == "user_info"
    with pytest.raises(BadAddress):
        rtsp_url("rtsp://u:p@h/x")


def test_a_stream_address_keeps_its_path_and_query() -> None:
    url = "rtsp://10.0.0.1:8554/cam/realmonitor?channel=1&subtype=0"
    assert rtsp_url(url) == url
    assert authority_of(url) == "10.0.0.1:8554"
    assert authority_of("rtsp://H/x") == "h:554"


def test_a_stream_is_looked_for_where_the_device_answered() -> None:
    assert at_host("rtsp://127.0.1.1:8554/a?b=1", "10.0.0.9") == "rtsp://10.0.0.9:8554/a?b=1"
    assert at_host("rtsp://x/a", "fe80::1") == "rtsp://[fe80::1]/a"


def test_ranges_unroll_without_repeats_and_with_a_limit() -> None:
    assert probe_list(["10.0.0.0/30", "10.0.0.2-10.0.0.4"], ["10.0.0.4:8000", "cam"]) == [
        ("10.0.0.1", None),
        ("10.0.0.2", None),
        ("10.0.0.3", None),
        ("10.0.0.4", None),
        ("10.0.0.4", 8000),
        ("cam", None),
    ]
    assert len(probe_list(["10.0.0.0/20"], [])) == 4094


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "10.0.0.0/19", "10.0.0.0-10.255.255.255", "::-ffff::"])
def test_a_range_that_is_too_wide_is_refused_without_unrolling_it(text: str) -> None:
    with pytest.raises(BadAddress) as caught:
        probe_list([text], [])
    assert caught.value.code == "too_many"


@pytest.mark.parametrize("text", ["", "x", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "10.0.0.1-", "10.0.0.0/33"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        probe_list([text], [])


@given(st.text(max_size=60))
def test_no_text_makes_reading_an_address_fail_otherwise(text: str) -> None:
    for read in (onvif_url, rtsp_url, host_and_port, lambda value: probe_list([value], [value])):
        try:
            read(text)
        except BadAddress:
            continue


@given(st.text(max_size=30))
def test_reading_an_accepted_address_again_changes_nothing(text: str) -> None:
    try:
        url = onvif_url(text)
    except BadAddress:
        return
    assert onvif_url(url) == url
