"""An engine in one file: soft bumps lift the corners of the mouth; faces are read as the engine `warp` reads them."""

from importlib.metadata import entry_points

import torch
from torch.nn.functional import grid_sample

from countenance.edit.ports import Proposal
from countenance.errors import EngineError


class Bumps:
    name, version = "bumps", "1"
    digital_source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    renders = frozenset({"AU12", "AU12L", "AU12R"})

    def __init__(self, reader):
        self.weights, self.errors, self.errors_at = reader.weights, reader.errors, reader.errors_at
        self.detect, self.perceive, self.reread = reader.detect, reader.perceive, reader.reread

    def propose(self, pixels, reading, plan, *, seed, donor=None):
        if unknown := sorted(set(plan) - self.renders):
            raise EngineError(f"engine `bumps` cannot render {', '.join(unknown)}")
        points, eyes, size = reading.landmarks[:, :2], reading.eye_distance_px, pixels.shape[-2:]
        left = (points[263] - points[33]) / (points[263] - points[33]).norm()  # to the person's left
        up = torch.stack([left[1], -left[0]])
        y, x = torch.meshgrid(*(torch.arange(n, device=pixels.device) + 0.5 for n in size), indexing="ij")
        at, moved = torch.stack([x, y], -1), 0.0
        for side, corner, out in (("L", 291, left), ("R", 61, -left)):
            amount = (plan.get("AU12", 0) + plan.get(f"AU12{side}", 0)) / 1000 * eyes
            near = torch.exp(-(at - points[corner]).square().sum(-1) / (2 * (0.25 * eyes) ** 2))
            moved = moved + amount * near[..., None] * (0.06 * out + 0.09 * up)
        grid = (at - moved) * 2 / at.new_tensor([size[1], size[0]]) - 1
        new = grid_sample(pixels, grid.expand(len(pixels), -1, -1, -1), "bicubic", "border", align_corners=False)
        touched = reading.head & (moved.norm(dim=-1) > 1e-3 * eyes)
        return Proposal(pixels=torch.where(touched, new.clamp(0, 1), pixels), touched=touched.expand_as(pixels[:, 0]))


def build(store):
    (warp,) = entry_points(group="countenance.editors", name="warp")
    return Bumps(warp.load()(store))
