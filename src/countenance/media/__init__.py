"""Ground of the render room: shapes, geometry, colour, the image port."""
