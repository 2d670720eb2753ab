"""Habits of real devices that a simulated one can have. The numbers are those of `docs/onvif-quirks.md`.

A quirk lasts as long as the device; what breaks and recovers is a fault (`vms_onvif.simulate.faults`).
"""

from enum import StrEnum


class Quirk(StrEnum):
    # 1: UsernameToken is checked against a clock that is wrong.
    CLOCK_SKEW = "clock_skew"  # 47 s ahead
    CLOCK_MONTHS_OFF = "clock_months_off"  # 100 days behind, as after a power loss without a battery

    # 2: GetSystemDateAndTime.
    LOCAL_TIME_AS_UTC = "local_time_as_utc"  # says UTC+7 in UTCDateTime, and believes it
    NO_UTC_TIME = "no_utc_time"  # LocalDateTime and a time zone, nothing else
    TIME_NEEDS_PASSWORD = "time_needs_password"  # noqa: S105 a name, no password

    # 3: 401 without any SOAP when HTTP digest is missing; UsernameToken is not looked at.
    DIGEST_ONLY = "digest_only"

    # 4: H.265 profiles.
    H265_MISSING_IN_MEDIA1 = "h265_missing_in_media1"
    H265_INCOMPLETE_IN_MEDIA1 = "h265_incomplete_in_media1"  # the profile is there, without its encoder
    ONLY_MEDIA2 = "only_media2"  # no ver10 media service at all

    # 5: service addresses as they look from inside of somebody's NAT.
    WRONG_XADDR = "wrong_xaddr"

    # 6: stream addresses.
    WRONG_STREAM_HOST = "wrong_stream_host"  # 127.0.1.1
    WRONG_STREAM_PORT = "wrong_stream_port"  # 80; GetNetworkProtocols tells the right one
    NO_STREAM_URI = "no_stream_uri"  # the answer of Media2 has none, that of Media1 has

    # 7: addresses in ProbeMatches.
    SEVERAL_XADDRS = "several_xaddrs"  # IPv6 link-local, 169.254/16, https, and one that works
    ONLY_SOURCE_ADDRESS_WORKS = "only_source_address_works"  # right port and path, host of a factory network

    # 8: a probe with line breaks gets no answer.
    IGNORES_LINE_BREAKS = "ignores_line_breaks"

    # 9: faults use ter:, wsrf-rw: and wsa: without declaring them.
    UNDECLARED_PREFIXES = "undeclared_prefixes"

    # 10: the topic has another prefix for the same namespace, white space around it, and no dialect.
    TOPIC_VARIANT = "topic_variant"

    # 11: one address for all subscriptions; ReferenceParameters must come back as SOAP headers.
    REFERENCE_PARAMETERS = "reference_parameters"

    # 12: requests to a subscription without wsa:Action and wsa:To are refused.
    NEEDS_ADDRESSING = "needs_addressing"

    # 13: a PullMessages that waits longer than 10 s is dropped with its connection; the subscription lives on.
    DROPS_LONG_PULLS = "drops_long_pulls"

    # 14: closes after each answer without having said so.
    CLOSES_KEEP_ALIVE = "closes_keep_alive"

    # 15: four pull points, freed by Unsubscribe or expiry only.
    FEW_PULL_POINTS = "few_pull_points"

    # 16: renewal.
    RENEWS_IN_SECONDS = "renews_in_seconds"  # takes PT600S; PT10M and points in time are refused
    DENIES_PULL_POINTS = "denies_pull_points"  # WSPullPointSupport is false; they work
    CLAIMS_PULL_POINTS = "claims_pull_points"  # WSPullPointSupport is true; there are none
    URN_SUBSCRIPTION = "urn_subscription"  # the subscription's address is a urn:uuid:, to be sent as wsa:To

    # 17: motion events.
    MOTION_ALARM_TOPIC = "motion_alarm_topic"  # VideoSource/MotionAlarm State instead of RuleEngine's IsMotion
    EMPTY_NO_MOTION = "empty_no_motion"  # the end of motion comes without data
    STUCK_MOTION = "stuck_motion"  # the end of motion never comes

    # 18: identity. (An encoder with several channels is a device with several channels, no quirk.)
    PLACEHOLDER_SERIAL = "placeholder_serial"  # the serial number is the text "SerialNumber"
    DUPLICATE_SERIAL = "duplicate_serial"  # serial number, MAC address and endpoint of all such devices are the same

    # 19: profiles and names.
    SPACED_TOKENS = "spaced_tokens"
    HOSTILE_NAMES = "hostile_names"  # markup, control by direction marks, thousands of characters
    PROFILE_WITHOUT_STREAM = "profile_without_stream"  # the first profile is for analytics, and has no stream

    # 20: logins, beside the ones that the device was given (see `OnvifDevice.all_users`).
    OTHER_RTSP_USER = "other_rtsp_user"  # has a user that only ONVIF knows
    ODD_PASSWORD = "odd_password"  # noqa: S105 a name: it has a user whose password needs quoting wherever it goes
