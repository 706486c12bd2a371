"""The pixel network learns, and says what it cannot take."""

from __future__ import annotations

from itertools import islice

import pytest
import torch

from llm_viz.training.pixels import (
    IMAGES,
    SYMBOLS,
    Example,
    PixelNetwork,
    accuracy,
    examples,
    learn,
    loss_of,
    pixels_of,
)


def test_each_image_has_one_symbol() -> None:
    images = [image for symbol in SYMBOLS for image in IMAGES[symbol]]
    assert len(set(images)) == len(images) == 18
    # Vertical is every image whose columns are of one colour each, solid ones apart.
    columns = {f"{n:03b}" * 3 for n in range(1, 7)}
    assert set(IMAGES["vertical"]) == columns
    assert set(IMAGES["horizontal"]) == {"".join(3 * c for c in image[:3]) for image in columns}


def test_examples_are_noisy_symbols_as_often_as_each_other() -> None:
    shown = list(islice(examples(seed=3), 2000))
    for symbol, name in enumerate(SYMBOLS):
        of_it = [example for example in shown if example.symbol == symbol]
        assert 430 < len(of_it) < 570
        seen = {"".join("01"[int(p > 0)] for p in example.pixels) for example in of_it}
        assert seen == set(IMAGES[name])
    pixels = torch.stack([example.pixels for example in shown])
    assert pixels.abs().max() <= 1
    assert 0.5 <= pixels.abs().min() < 0.51


def test_one_lesson_goes_downhill_along_the_gradient() -> None:
    network, example = PixelNetwork(), next(examples())
    before = loss_of(network, example)
    before.backward()
    length = sum(float(weight.grad.square().sum()) for weight in network.parameters())
    assert learn(network, example, 1e-4) == pytest.approx(before.item())
    assert loss_of(network, example).item() - before.item() == pytest.approx(
        -1e-4 * length, rel=1e-2
    )


def test_it_learns_the_symbols() -> None:
    network = PixelNetwork(seed=2)
    before = accuracy(network)
    losses = [learn(network, example, 0.1) for example in islice(examples(2), 1000)]
    assert before < 0.4
    assert accuracy(network) > 0.9
    assert sum(losses[-100:]) < sum(losses[:100]) / 3


def test_outputs_need_not_sum_to_one() -> None:
    answer = PixelNetwork().answer(pixels_of("010010010")).detach()
    assert ((answer > 0) & (answer < 1)).all()
    assert abs(float(answer.sum()) - 1) > 0.1


def test_without_biases_swapped_colours_swap_the_answer() -> None:
    network = PixelNetwork()
    for layer in network.layers:
        layer.bias.data.zero_()
    image = pixels_of("100010001")
    torch.testing.assert_close(network(image), -network(-image))


def test_a_huge_rate_stays_finite() -> None:
    network = PixelNetwork()
    losses = [learn(network, example, 10.0) for example in islice(examples(), 200)]
    assert torch.isfinite(torch.tensor(losses)).all()


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="hidden is 0"):
        PixelNetwork(hidden=0)
    for image in ("01", "01001001x", "0100100101"):
        with pytest.raises(ValueError, match="nine characters"):
            pixels_of(image)
    assert Example(pixels_of("1" * 9), 3).wanted.tolist() == [0, 0, 0, 1]
