"""Directions on the sphere on whole columns: bearings, turns, places along and beside a line."""

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, haversine_km
from app.itineraries.tracks.positions import Floats


def bearing_deg(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """The true direction in which b lies from a, within [0, 360)."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    theta = np.radians(np.subtract(lon_b, lon_a))
    east = np.sin(theta) * np.cos(phi_b)
    north = np.cos(phi_a) * np.sin(phi_b) - np.sin(phi_a) * np.cos(phi_b) * np.cos(theta)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360)


def turn_deg(from_deg: Floats, to_deg: Floats) -> Floats:
    """The smaller angle from one direction to the other, within [-180, 180), right positive."""
    return np.asarray((np.subtract(to_deg, from_deg) + 180) % 360 - 180)


def along_across_km(
    lat: Floats, lon: Floats, from_lat: float, from_lon: float, direction_deg: float
) -> tuple[Floats, Floats]:
    """Points told by a great circle from one place in one direction: km along it, km right of it."""
    start_lat, start_lon = np.full_like(lat, from_lat), np.full_like(lon, from_lon)
    angle = haversine_km(start_lat, start_lon, lat, lon) / EARTH_RADIUS_KM
    off = np.radians(bearing_deg(start_lat, start_lon, lat, lon) - direction_deg)
    across = np.arcsin(np.clip(np.sin(angle) * np.sin(off), -1, 1))
    along = np.arctan2(np.sin(angle) * np.cos(off), np.cos(angle))
    return along * EARTH_RADIUS_KM, across * EARTH_RADIUS_KM


def course_along_deg(lat: Floats, lon: Floats) -> Floats:
    """The direction from each fix to the next; the last keeps that of the one before it."""
    if len(lat) < 2:
        return np.full(len(lat), np.nan)
    course = bearing_deg(lat[:-1], lon[:-1], lat[1:], lon[1:])
    return np.append(course, course[-1])
