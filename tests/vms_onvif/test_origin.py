from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms_onvif.origin import DEFAULT_PATH, Origin, best, origin_of

HERE = Origin("10.0.0.9", 8080)
SAID = st.text(max_size=60) | st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "https", "rtsp", "file"]), st.text(max_size=20), st.text(max_size=30)
)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("http://192.168.1.1/onvif/media_service", "/onvif/media_service"),
        ("http://10.0.0.9:8080/a?b=1&c=2", "/a?b=1&c=2"),
        ("https://evil.example/x", "/x"),
        ("urn:uuid:1", DEFAULT_PATH),
        ("", DEFAULT_PATH),
        ("http://10.0.0.9", DEFAULT_PATH),
        ("http://10.0.0.9/", DEFAULT_PATH),
        ("http://10.0.0.9/a\r\nHost: x", DEFAULT_PATH),
        ('http://10.0.0.9/a"b', DEFAULT_PATH),
        ("http://[::1/x", DEFAULT_PATH),
        ("http://h:port/x", DEFAULT_PATH),
    ],
)
def test_of_what_a_device_says_only_the_path_is_used(said: str, path: str) -> None:
    assert HERE.path_of(said) == path


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("rtsp://127.0.1.1:554/a?b=c", "rtsp://10.0.0.9:554/a?b=c"),
        ("rtsp://u:p@10.0.0.9/a", "rtsp://10.0.0.9/a"),
        ("rtsp://10.0.0.9/Profile 1", "rtsp://10.0.0.9/Profile%201"),
        ("rtsps://x/a", "rtsps://10.0.0.9/a"),
        ("http://10.0.0.9/a", None),
        ("file:///etc/passwd", None),
        ("rtsp://x/a\nb", None),
        ("", None),
    ],
)
def test_a_stream_is_looked_for_at_the_host_that_answered(said: str, url: str | None) -> None:
    assert HERE.stream_url(said) == url


def test_an_ipv6_host_keeps_its_brackets() -> None:
    there = Origin("fe80::1", 80)
    assert there.url("/x") == "http://[fe80::1]:80/x"
    assert there.stream_url("rtsp://10.0.0.1:5554/a") == "rtsp://[fe80::1]:5554/a"
    assert origin_of("http://[fe80::1]/x") == (there, "/x")


@given(SAID)
def test_nothing_that_a_device_says_leads_to_another_host(said: str) -> None:
    assert urlsplit(HERE.url(HERE.path_of(said))).netloc == HERE.authority
    stream = HERE.stream_url(said)
    assert stream is None or (urlsplit(stream).hostname == HERE.host and "@" not in urlsplit(stream).netloc)
    chosen = best([said, said], HERE.host)
    assert chosen is None or chosen[0].host == HERE.host


@given(st.text(max_size=60))
def test_no_text_makes_reading_an_address_fail_otherwise(text: str) -> None:
    try:
        origin_of(text)
    except ValueError:
        return
