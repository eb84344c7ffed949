import gc

import pytest

from ntm_tracker.core import collector


def test_the_collector_comes_back_also_after_an_error():
    @collector.paused()
    def fail():
        assert not gc.isenabled()
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert gc.isenabled()


def test_within_another_pause_it_stays_away():
    with collector.paused():
        with collector.paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_a_decorator():
    @collector.paused()
    def state():
        return gc.isenabled()

    assert state() is False
    assert state() is False
    assert gc.isenabled()
