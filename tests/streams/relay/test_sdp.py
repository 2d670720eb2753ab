import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.sdp import Chosen, Local, OfferRefused, choose, parse_offer, write_answer
from streams.types.bus import RefusalCode
from streams.types.media import Codec

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 102 103 106 49",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdef01234567",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=recvonly",
        "a=rtcp-mux",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=extmap:3 urn:3gpp:video-orientation",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:102 H264/90000",
        "a=rtcp-fb:102 nack",
        "a=rtcp-fb:102 nack pli",
        "a=rtcp-fb:102 transport-cc",
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtpmap:103 H264/90000",
        "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f",
        "a=rtpmap:106 H264/90000",
        "a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f",
        "a=rtpmap:49 H265/90000",
        "m=audio 9 UDP/TLS/RTP/SAVPF 8 111",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdef01234567",
        "a=mid:1",
        "a=recvonly",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:111 opus/48000/2",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=mid:2",
        "",
    ]
)
LOCAL = Local("ours", "password", "AA:BB", ("10.0.0.1", "10.0.0.2"), 5004)


def chosen(offer, *codecs):
    return tuple(
        Chosen(section, formats, 1, "stream")
        for section in offer.sections
        if (formats := {codec: found for codec, found in choose(section).items() if codec in codecs})
    )


def test_the_streams_own_profile_is_preferred_then_constrained_baseline():
    video, audio, data = parse_offer(OFFER).sections
    assert choose(video, 100)[Codec.H264].payload_type == 106
    assert choose(video, 77)[Codec.H264].payload_type == 102
    assert choose(video)[Codec.H264].payload_type == 102
    assert choose(video)[Codec.H265].payload_type == 49
    assert list(choose(audio)) == [Codec.PCMA, Codec.OPUS]
    assert choose(audio)[Codec.OPUS].channels == 2
    assert choose(data) == {}


def test_the_answer_is_lite_passive_and_refuses_what_it_does_not_use():
    offer = parse_offer(OFFER)
    answer = write_answer(offer, LOCAL, chosen(offer, Codec.H264))
    assert "a=ice-lite\r\n" in answer
    assert answer.count("a=setup:passive") == 1
    assert "a=group:BUNDLE 0\r\n" in answer
    assert "m=audio 0 " in answer
    assert "m=application 0 " in answer
    assert "a=rtcp-fb:102 nack pli\r\n" in answer
    assert "transport-cc" not in answer
    assert answer.index("10.0.0.1") < answer.index("10.0.0.2")


def test_every_codec_that_a_section_takes_is_answered_so_that_a_swap_needs_no_new_offer():
    offer = parse_offer(OFFER)
    answer = write_answer(offer, LOCAL, chosen(offer, *Codec))
    assert "UDP/TLS/RTP/SAVPF 102 49\r\n" in answer
    assert "UDP/TLS/RTP/SAVPF 8 111\r\n" in answer
    assert "a=rtpmap:111 opus/48000/2\r\n" in answer
    assert "a=rtpmap:49 H265/90000\r\n" in answer


def test_only_header_extensions_that_we_speak_are_answered_under_the_offers_numbers():
    offer = parse_offer(OFFER)
    answer = write_answer(offer, LOCAL, chosen(offer, Codec.H264))
    assert "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n" in answer
    assert answer.count("a=extmap:") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=0",
        '{"sdp": "v=0"}',
        OFFER.replace("a=ice-ufrag:abcd\r\n", ""),
        OFFER.replace("a=fingerprint:sha-256", "a=fingerprint:md5"),
        OFFER.replace("a=setup:actpass", "a=setup:passive"),
        OFFER.replace("a=mid:0", "a=mid:0 evil"),
        OFFER.replace("102 H264/90000", "102 H264/ninety"),
        OFFER + "a=x\r\n" * 80_000,
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("m=video 9", "m=video nine"),
        OFFER.replace("level-asymmetry-allowed=1;packetization-mode=1", "\x01"),
        "v=0\r\n" + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 3000,
    ],
)
def test_what_is_no_offer_is_refused_with_one_sentence(text):
    with pytest.raises(OfferRefused) as refused:
        parse_offer(text)
    assert refused.value.code is RefusalCode.BAD_OFFER
    assert "\n" not in refused.value.detail


@given(
    st.lists(
        st.sampled_from([*OFFER.split("\r\n"), "a=", "m=", "m=video", "c=", "a=rtpmap:x", "\x00", "a=mid:é"]),
        max_size=60,
    )
)
def test_any_mixture_of_lines_is_read_or_refused(lines):
    try:
        offer = parse_offer("v=0\r\n" + "\r\n".join(lines))
    except OfferRefused:
        return
    taken = chosen(offer, *Codec)
    answer = write_answer(offer, LOCAL, taken)
    assert answer.count("\r\nm=") == len(offer.sections)
    assert all(line[1:2] == "=" for line in answer.splitlines())


@given(st.text(max_size=300))
def test_any_text_is_refused(text):
    with pytest.raises(OfferRefused):
        parse_offer("v=0\r\n" + text.replace("m=", ""))
