import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from senga import threads
from senga.color.closer import opened
from senga.color.colorizer import Colorizer
from senga.color.regions import find_regions
from senga.color.render import render
from senga.color.request import Request
from senga.stopping import Stop, stoppable


def test_with_two_processors_a_work_goes_on_beside_what_began_it() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert go_on.wait(10)
        return threading.current_thread().name

    answer = threads.meanwhile(work, 2)
    assert begun.wait(10)
    go_on.set()
    assert answer() == "senga-meanwhile"


def test_with_one_processor_a_work_waits_until_it_is_asked_for() -> None:
    done: list[int] = []
    answer = threads.meanwhile(lambda: done.append(1), 1)
    assert not done
    answer()
    assert done == [1]


@pytest.mark.parametrize("processors", [1, 2])
def test_the_error_of_a_work_is_raised_where_its_result_is_asked_for(processors: int) -> None:
    answer = threads.meanwhile(lambda: 1 // 0, processors)
    with pytest.raises(ZeroDivisionError):
        answer()


def test_a_work_beside_ends_with_the_work_that_began_it() -> None:
    from senga import stopping

    stop = Stop(lambda: KeyError("not wanted"))
    stop.set()
    with stoppable(stop):
        answer = threads.meanwhile(stopping.check, 2)
    with pytest.raises(KeyError):
        answer()


def test_products_of_matrices_stay_on_one_thread() -> None:
    before = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    threads.multiply_on_one_thread()
    after = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert after == [1] * len(before)


def test_pictures_are_the_same_on_one_thread_and_on_two() -> None:
    lines = np.full((96, 128), 255, np.uint8)
    lines[10:80, [20, 60, 100]] = lines[[10, 45, 79], 20:101] = 0
    lines[30:33, 60] = 255
    one, two = (Colorizer.open(threads=count).page(lines) for count in (1, 2))
    np.testing.assert_array_equal(one.paint(), two.paint())


def test_walls_may_be_found_while_ink_divides() -> None:
    lines = np.full((64, 64), 255, np.uint8)
    lines[8:56, [8, 32, 55]] = lines[[8, 55], 8:56] = 0
    lines[25:40, 32] = 255
    walls = opened().walls(lines)
    np.testing.assert_array_equal(
        find_regions(lines, walls=lambda: walls).labels, find_regions(lines, walls=walls).labels
    )


def test_an_answer_that_is_given_up_leaves_the_next_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = np.full((128, 160), 255, np.uint8)
    lines[10:110, [20, 80, 140]] = lines[[10, 109], 20:141] = 0
    page, other = (Colorizer.open(threads=2).page(lines) for _ in range(2))
    begun, go_on = threading.Event(), threading.Event()
    find = type(page)._look

    def slow(self: object, shape: tuple[int, int]) -> object:
        if threading.current_thread().name == "senga-meanwhile" and shape == (32, 40):
            begun.set()
            assert go_on.wait(20)
        return find(self, shape)  # type: ignore[arg-type]

    monkeypatch.setattr(type(page), "_look", slow)
    wait = page.prepare((32, 40), light=True, blank=True)
    assert begun.wait(20)
    small = render(page, Request(), shape=(64, 80))[0].color
    go_on.set()
    wait()
    np.testing.assert_array_equal(small, render(other, Request(), shape=(64, 80))[0].color)
    np.testing.assert_array_equal(
        render(page, Request(), shape=(32, 40))[0].color, render(other, Request(), shape=(32, 40))[0].color
    )
