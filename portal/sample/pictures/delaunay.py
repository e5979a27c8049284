"""The Delaunay triangulation of a few hundred points, by Bowyer and Watson's method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Triangle: TypeAlias = tuple[int, int, int]


def _circle(a: Point, b: Point, c: Point) -> tuple[float, float, float]:
    """Return the centre and squared radius of the circle through three points."""
    (ax, ay), (bx, by), (cx, cy) = a, b, c
    twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by)) or 1e-9
    aa, bb, cc = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (aa * (by - cy) + bb * (cy - ay) + cc * (ay - by)) / twice
    y = (aa * (cx - bx) + bb * (ax - cx) + cc * (bx - ax)) / twice
    return x, y, (ax - x) ** 2 + (ay - y) ** 2


def triangulate(points: Sequence[Point]) -> list[Triangle]:
    """Return the triangles, as indices into `points`, that contain no other point's place."""
    count = len(points)
    reach = 20 * max(max(abs(x), abs(y)) for x, y in points) + 1
    places = [*points, (-reach, -reach), (reach, -reach), (0.0, reach)]
    first = (count, count + 1, count + 2)
    open_: dict[Triangle, tuple[float, float, float]] = {
        first: _circle(places[count], places[count + 1], places[count + 2])
    }
    done: list[Triangle] = []
    # From left to right: a circle that lies left of the present point is final.
    for index in sorted(range(count), key=lambda i: points[i]):
        px, py = places[index]
        rim: set[tuple[int, int]] = set()
        for triangle, (x, y, square) in list(open_.items()):
            ahead = px - x
            if ahead > 0 and ahead * ahead > square:
                done.append(triangle)
                del open_[triangle]
            elif ahead * ahead + (py - y) ** 2 <= square:
                del open_[triangle]
                a, b, c = triangle
                for edge in ((a, b), (b, c), (c, a)):
                    # An edge between two removed triangles disappears; the rim remains.
                    rim.symmetric_difference_update({(min(edge), max(edge))})
        for start, end in sorted(rim):
            corners = (start, end, index)
            open_[corners] = _circle(places[start], places[end], places[index])
    return [triangle for triangle in (*done, *open_) if max(triangle) < count]
