import dataclasses

import torch

from countenance.edit.render import render


def test_changed_pixels_have_8_bit_values_and_the_rest_their_bits(sitter, engine) -> None:
    off = (sitter.pixels + 1e-4).clamp(0, 1)
    edited = render(off, sitter.reading, {"AU12": 500}, engine, seed=0)
    changed = edited.mask[:, None].expand_as(off)
    values = edited.pixels[changed] * 255
    assert torch.equal(edited.pixels[changed], values.round() / 255)
    assert torch.equal(edited.pixels[~changed], off[~changed])
    assert edited.changed_px > 1000
    assert edited.changed_outside_px == 0


def test_the_face_beside_is_left_alone(sitter, engine) -> None:
    alone = render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, seed=0)
    x, y = (round(float(v)) for v in sitter.reading.landmarks[291, :2])
    box = (x - 10, y - 10, x + 10, y + 10)
    edited = render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, others=[box], seed=0)
    assert alone.mask[0, y - 10 : y + 10, x - 10 : x + 10].any()
    assert not edited.mask[0, y - 10 : y + 10, x - 10 : x + 10].any()
    beside = dataclasses.replace(sitter.reading)
    assert render(sitter.pixels, sitter.reading, {"AU12": 500}, engine, others=[beside], seed=0).changed_px == 0


def test_the_input_is_not_written_to(sitter, engine) -> None:
    before = sitter.pixels.clone()
    render(sitter.pixels, sitter.reading, {"AU4": 800}, engine, seed=0)
    assert torch.equal(sitter.pixels, before)
