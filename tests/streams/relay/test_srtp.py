"""Against libsrtp, which we did not write."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from streams.relay.srtp import CM_SHA1_80, GCM, BadMedia, Keys, derive, exported_bytes, protection, server_keys

PROFILES = {GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM, CM_SHA1_80: Policy.SRTP_PROFILE_AES128_CM_SHA1_80}


def pair(profile: bytes):
    """(ours, libsrtp's receiver, libsrtp's sender) with the same exported material."""
    keys = server_keys(profile, os.urandom(exported_bytes(profile)))
    receiver = Session(Policy(keys.own_key + keys.own_salt, Policy.SSRC_ANY_INBOUND, srtp_profile=PROFILES[profile]))
    sender = Session(Policy(keys.peer_key + keys.peer_salt, Policy.SSRC_ANY_OUTBOUND, srtp_profile=PROFILES[profile]))
    return protection(keys), receiver, sender


def header(seq: int, ssrc: int) -> bytes:
    return bytes((0x80, 96)) + (seq & 0xFFFF).to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big")


@pytest.mark.parametrize("profile", PROFILES)
def test_libsrtp_opens_what_we_protect_across_a_sequence_number_wrap(profile):
    ours, receiver, _ = pair(profile)
    for index in range(65_500, 65_600):
        payload = os.urandom(1 + index % 1180)
        packet = ours.rtp(header(index, 77), payload, 77, index - 0x10000 + 0x10000)
        assert receiver.unprotect(packet)[12:] == payload


@pytest.mark.parametrize("profile", PROFILES)
def test_libsrtp_opens_our_reports_and_we_open_its(profile):
    ours, receiver, sender = pair(profile)
    report = bytes((0x80, 200, 0, 6)) + os.urandom(24)
    for _ in range(3):
        assert receiver.unprotect_rtcp(ours.rtcp(report)) == report
        assert ours.open_rtcp(sender.protect_rtcp(report)) == report


@pytest.mark.parametrize("profile", PROFILES)
def test_a_report_that_is_forged_replayed_or_cut_is_refused(profile):
    ours, _, sender = pair(profile)
    good = sender.protect_rtcp(bytes((0x80, 201, 0, 1, 0, 0, 0, 9)) + bytes(16))
    forged = bytearray(good)
    forged[10] ^= 1
    for bad in (bytes(forged), good[:-1], good[:9], b""):
        with pytest.raises(BadMedia):
            ours.open_rtcp(bad)
    ours.open_rtcp(good)
    with pytest.raises(BadMedia):
        ours.open_rtcp(good)


@given(st.binary(max_size=200))
def test_junk_is_never_taken_for_a_report(junk):
    ours = protection(Keys(GCM, bytes(16), bytes(12), bytes(16), bytes(12)))
    with pytest.raises(BadMedia):
        ours.open_rtcp(junk)


def test_session_keys_are_those_of_rfc_3711_appendix_b_3():
    key = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139")
    salt = bytes.fromhex("0EC675AD498AFEEBB6960B3AABE6")
    assert derive(key, salt, 0, 16) == bytes.fromhex("C61E7A93744F39EE10734AFE3FF7A087")
    assert derive(key, salt, 2, 14) == bytes.fromhex("30CBBC08863D8C85D49DB34A9AE1")


def test_keys_are_not_in_their_repr():
    assert "secret" not in repr(Keys(GCM, b"secret-key-16byt", b"secret-salt-", b"", b""))
