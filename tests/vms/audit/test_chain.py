from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from vms.audit import FIRST_HASH, BadRow, Entry, verify
from vms.audit.chain import Damage, linked

BARE = Entry(0, 1, "10.0.0.1", "a", "Lò Thị Mai", "duty_officer", "s", False, "camera.view_live", True, "camera", "c", "1 Cổng", "u", "{}")  # fmt: skip
texts = st.text(max_size=20)
entries = st.builds(
    Entry,
    st.just(0),
    st.integers(0, 2**41),
    *[texts] * 5,
    st.booleans(),
    texts,
    st.booleans(),
    *[texts] * 5,
)
logs = st.lists(entries, min_size=1, max_size=12).map(lambda some: list(linked(some, 1, FIRST_HASH)))


@given(logs)
def test_a_log_that_was_left_alone_is_whole(log):
    assert verify(log) == (len(log) + 1, log[-1].hash)


@given(logs, st.data())
def test_any_change_in_any_row_names_that_row(log, data):
    place = data.draw(st.integers(0, len(log) - 1))
    member = data.draw(st.sampled_from([field.name for field in fields(Entry) if field.name != "seq"]))
    value = getattr(log[place], member)
    other = (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + "x"
    log[place] = replace(log[place], **{member: other})
    bad = verify(log)
    assert isinstance(bad, BadRow)
    assert (bad.seq, bad.damage) == (place + 1, Damage.CHANGED)


@given(logs, st.data())
def test_a_row_that_was_taken_out_is_named(log, data):
    place = data.draw(st.integers(0, len(log) - 1))
    del log[place]
    bad = verify(log)
    if place == len(log):
        assert bad == (place + 1, log[-1].hash if log else FIRST_HASH), "an end that was cut off is for seals to see"
    else:
        assert isinstance(bad, BadRow)
        assert (bad.seq, bad.damage) == (place + 1, Damage.MISSING)


@given(logs.filter(lambda log: len(log) > 1), st.data())
def test_two_rows_that_changed_places_are_named(log, data):
    place = data.draw(st.integers(0, len(log) - 2))
    first, second = log[place], log[place + 1]
    log[place], log[place + 1] = replace(second, seq=first.seq), replace(first, seq=second.seq)
    bad = verify(log)
    assert isinstance(bad, BadRow)
    assert bad.seq == place + 1


def test_whoever_hashes_a_changed_row_anew_breaks_the_next_one():
    log = list(linked([BARE] * 3, 1, FIRST_HASH))
    forged = next(linked([replace(log[1], name="Ai đó")], 2, log[0].hash))
    bad = verify([log[0], forged, log[2]])
    assert isinstance(bad, BadRow)
    assert bad.seq == 3


def test_the_sentence_is_in_both_languages():
    assert BadRow(7, Damage.CHANGED).sentence() == "Dòng 7 đã bị sửa. · Row 7 was changed."
