import torch

from countenance.edit.warp.light import MOST, turned_light


def _picture(engine, slope: float):
    """A face-sized plane, lit from one side, and points that lie in it."""
    at = engine.basis.mean[:, :2] * torch.tensor([60.0, -60.0]) + torch.tensor([100.0, 100.0])
    points = torch.zeros(478, 3)
    points[:468, :2] = at
    x = torch.linspace(-1, 1, 200).expand(240, 200)
    return (0.5 + slope * x).clamp(0, 1).expand(3, 240, 200), points


def test_no_motion_turns_no_light(engine) -> None:
    picture, points = _picture(engine, 0.2)
    mean = engine.basis.mean
    assert turned_light(picture, points, mean, torch.zeros_like(mean), engine.basis).abs().max() < 1e-6


def test_the_lit_side_follows_the_light(engine) -> None:
    mean, smile = engine.basis.mean, engine.basis.units[12] * 0.6
    x = (engine.basis.dense @ mean)[:, 0]
    tilt = []
    for slope in (0.25, -0.25):
        picture, points = _picture(engine, slope)
        gain = turned_light(picture, points, mean, smile, engine.basis)
        assert gain.abs().max() <= MOST
        tilt.append(float((gain * x).mean()))
    assert abs(tilt[0] - tilt[1]) > 1e-5
    assert abs(tilt[0] + tilt[1]) < abs(tilt[0] - tilt[1])
