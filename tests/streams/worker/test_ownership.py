import math

from hypothesis import given
from hypothesis import strategies as st

from streams.types.bus import Lease
from streams.worker.ownership import SLACK, Alive, Hearing, preferred, to_claim, to_hand_over

WORKERS = [f"w{n}" for n in range(5)]
cameras = st.lists(st.text("abcdefgh", min_size=8, max_size=8), unique=True, max_size=40)
living = st.sets(st.sampled_from(WORKERS), min_size=1)


def alive(workers: set[str]) -> Alive:
    return Alive({worker: f"{worker}-1" for worker in workers}, frozenset(workers))


def claims(me: str, wanted: list[str], leases: dict[str, Lease], who: Alive, **kwargs) -> list[str]:
    defaults = {"unowned_since_s": {}, "running": {}, "now_s": 0.0}
    return to_claim(me, desired=wanted, leases=leases, alive=who, **(defaults | kwargs))


@given(cameras, living)
def test_every_unowned_camera_is_claimed_by_exactly_one_living_worker(wanted, workers):
    who = alive(workers)
    claimed = [camera for me in workers for camera in claims(me, wanted, {}, who)]
    assert sorted(claimed) == sorted(wanted)


@given(cameras, living)
def test_nobody_claims_what_a_living_worker_holds(wanted, workers):
    who = alive(workers)
    holder = min(workers)
    leases = {camera: Lease(worker_id=holder, incarnation=f"{holder}-1") for camera in wanted}
    assert all(claims(me, wanted, leases, who, now_s=100.0) == [] for me in WORKERS)


@given(cameras, living)
def test_a_lease_of_an_earlier_start_of_the_same_worker_counts_for_nothing(wanted, workers):
    who = alive(workers)
    stale = {camera: Lease(worker_id=min(workers), incarnation="before the crash") for camera in wanted}
    assert sorted(camera for me in workers for camera in claims(me, wanted, stale, who)) == sorted(wanted)


def test_a_camera_that_its_preferred_worker_leaves_lying_is_taken_by_another():
    who = alive({"w0", "w1"})
    other = next(worker for worker in ("w0", "w1") if worker != preferred("camera01", ["w0", "w1"]))
    assert claims(other, ["camera01"], {}, who, unowned_since_s={"camera01": 0.0}, now_s=1.0) == []
    assert claims(other, ["camera01"], {}, who, unowned_since_s={"camera01": 0.0}, now_s=2.5) == ["camera01"]


def test_after_the_bus_lost_its_memory_a_running_camera_stays_where_it_runs():
    who = alive({"w0", "w1"})
    other = next(worker for worker in ("w0", "w1") if worker != preferred("camera01", ["w0", "w1"]))
    assert claims(other, ["camera01"], {}, who, running={"camera01": other}) == ["camera01"]


def test_the_same_heartbeat_read_again_proves_nothing():
    hearing = Hearing()
    hearing.beat("w1", "a", 7, 0.0)
    hearing.beat("w1", "a", 7, 3.9)
    assert not hearing.alive(4.1).incarnations


def test_a_worker_is_dead_four_seconds_after_its_last_heartbeat_by_our_own_clock():
    hearing = Hearing()
    hearing.beat("w1", "a", 1, 10.0)
    hearing.beat("w1", "a", 2, 11.0)
    assert "w1" in hearing.alive(14.9).incarnations
    assert "w1" not in hearing.alive(15.1).incarnations


def test_a_worker_that_stopped_by_itself_is_gone_at_once():
    hearing = Hearing()
    hearing.beat("w1", "a", 1, 10.0)
    hearing.gone("w1")
    assert not hearing.alive(10.1).incarnations


@given(cameras, living)
def test_handing_over_one_by_one_ends_with_fair_shares_and_never_moves_a_watched_camera_first(wanted, workers):
    who = alive(workers)
    first = min(workers)
    owned: dict[str, set[str]] = {worker: set() for worker in workers}
    owned[first] = set(wanted)
    viewers = dict.fromkeys(wanted[: len(wanted) // 2], 1)
    for _ in range(len(wanted) * 2):
        moved = to_hand_over(first, mine=owned[first], total=len(wanted), alive=who, viewers=viewers)
        if moved is None:
            break
        unwatched = [c for c in owned[first] if not viewers.get(c) and preferred(c, workers) != first]
        assert not viewers.get(moved) or not unwatched
        owned[first].remove(moved)
        owned[preferred(moved, workers)].add(moved)
    assert to_hand_over(first, mine=owned[first], total=len(wanted), alive=who, viewers=viewers) is None
    fair = math.ceil(len(wanted) / len(workers)) + SLACK
    assert len(owned[first]) <= max(fair, sum(preferred(c, workers) == first for c in wanted))


def test_a_lonely_worker_hands_over_nothing():
    assert to_hand_over("w0", mine=["camera01"] * 9, total=9, alive=alive({"w0"}), viewers={}) is None
