from streams.types.recording import VolumeCondition, VolumeState
from vms.recordings.storage import merged


def state(condition: VolumeCondition, suspended: int, volume: str = "v1") -> VolumeState:
    return VolumeState(volume=volume, condition=condition, suspended=suspended, recordings=1)


def test_a_volume_is_as_bad_as_the_worst_that_a_worker_says_and_its_numbers_are_all_of_them() -> None:
    said = [
        state(VolumeCondition.OK, 0),
        state(VolumeCondition.READ_ONLY, 3),
        state(VolumeCondition.SLOW, 2),
        state(VolumeCondition.OK, 1, "v2"),
    ]
    found = merged(said)
    assert (found["v1"].condition, found["v1"].suspended, found["v1"].recordings) == (VolumeCondition.READ_ONLY, 5, 3)
    assert (found["v2"].condition, found["v2"].suspended) == (VolumeCondition.OK, 1)
