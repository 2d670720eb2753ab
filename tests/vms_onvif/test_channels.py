import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms_onvif.channels import choose
from vms_onvif.media import Profile


def profile(token: str, codec: str = "H264", width_px: int = 1920, **more: object) -> Profile:
    options = {"source": "s", "encoder": f"e-{token}", "height_px": width_px * 9 // 16, "fps": 25.0, **more}
    return Profile(token, codec=codec, width_px=width_px, **options)  # type: ignore[arg-type]


def url_of(one: Profile) -> str:
    return f"rtsp://h/{one.token}"


def chosen(*profiles: Profile) -> list[tuple[str, str | None]]:
    return [(c.main.profile.token, c.sub.profile.token if c.sub else None) for c in choose(profiles, url_of)]


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ([profile("a", width_px=640), profile("b")], [("b", "a")]),
        ([profile("a"), profile("b", width_px=1280), profile("c", width_px=320)], [("a", "b")]),
        ([profile("a", "H265", 2560), profile("b", "H265", 640), profile("c", width_px=1920)], [("a", "c")]),
        ([profile("a", "H265"), profile("b", "H265", 640)], [("a", "b")]),
        ([profile("a", "H265"), profile("b", "H264")], [("a", "b")]),
        ([profile("a"), profile("b", fps=10.0)], [("a", None)]),
        ([profile("a"), profile("same", encoder="e-a", width_px=640)], [("a", None)]),
        ([profile("a", "JPEG", 640), profile("b")], [("b", None)]),
        ([profile("a", "JPEG"), profile("b", "MPEG4")], []),
        ([profile("a", "", 0), profile("b", "JPEG")], [("a", None)]),
        ([profile("a"), profile("b", source="t")], [("a", None), ("b", None)]),
        ([], []),
    ],
)
def test_main_is_the_largest_and_sub_what_walls_can_show(
    profiles: list[Profile], expected: list[tuple[str, str | None]]
) -> None:
    assert chosen(*profiles) == expected


def test_quirk_19_a_profile_without_a_stream_makes_room_for_the_next() -> None:
    profiles = [profile("a", width_px=3840), profile("b"), profile("c", width_px=640), profile("d", width_px=480)]
    (channel,) = choose(profiles, lambda one: None if one.token in "ac" else url_of(one))
    assert (channel.main.profile.token, channel.sub and channel.sub.profile.token) == ("b", "d")


def test_two_profiles_with_one_address_are_one_stream() -> None:
    (channel,) = choose([profile("a"), profile("b", width_px=640)], lambda one: "rtsp://h/same")
    assert channel.sub is None


def test_a_device_of_many_refusals_is_not_asked_for_ever() -> None:
    asked: list[str] = []
    profiles = [profile(f"{number}", width_px=100 + number) for number in range(200)]
    assert choose(profiles, lambda one: asked.append(one.token)) == []
    assert len(asked) < 10


profiles_ = st.builds(
    Profile,
    token=st.text(min_size=1, max_size=3),
    source=st.sampled_from(["", "s", "t"]),
    encoder=st.sampled_from(["", "e", "f", "g"]),
    codec=st.sampled_from(["", "H264", "H265", "JPEG"]),
    width_px=st.integers(0, 65_535),
    height_px=st.integers(0, 65_535),
    fps=st.floats(0, 1000),
)


@given(st.lists(profiles_, max_size=12))
def test_what_is_chosen_can_be_played_and_a_sub_stream_is_no_second_main(profiles: list[Profile]) -> None:
    for channel in choose(profiles, url_of):
        assert channel.main.profile.codec in ("H264", "H265", "")
        assert channel.main.profile.source == channel.source
        if channel.sub is not None:
            assert channel.sub.profile.codec in ("H264", "H265")
            assert channel.sub.url != channel.main.url
            assert channel.sub.profile.pixels <= channel.main.profile.pixels
