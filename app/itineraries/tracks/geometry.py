"""Distances on the sphere on whole columns: degrees in, kilometres out."""

import numpy as np

from app.itineraries.tracks.positions import Floats

EARTH_RADIUS_KM = 6371.0
KM_PER_NM = 1.852


def haversine_km(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle distance of each pair of points on a sphere of radius 6371 km."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat = np.sin((phi_b - phi_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = half_lat**2 + np.cos(phi_a) * np.cos(phi_b) * half_lon**2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1))))


def unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere, shape (n, 3): no seam at 180° and none at the poles."""
    phi, theta = np.radians(lat), np.radians(lon)
    points = np.empty((len(lat), 3))
    np.multiply(np.cos(phi), np.cos(theta), out=points[:, 0])
    np.multiply(np.cos(phi), np.sin(theta), out=points[:, 1])
    np.sin(phi, out=points[:, 2])
    return points


def chord_of(distance_km: float) -> float:
    """The straight line through the unit sphere under an arc of so many kilometres."""
    return float(2 * np.sin(min(distance_km / (2 * EARTH_RADIUS_KM), np.pi / 2)))


def chords(points_a: Floats, points_b: Floats) -> Floats:
    """The straight lines through the unit sphere between each pair of points on it."""
    difference = points_a - points_b
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", difference, difference)))


def arc_km(chord: Floats) -> Floats:
    """Kilometres along the sphere over straight lines through the unit sphere."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1)))


def normalised_lon(lon: Floats) -> Floats:
    """Longitudes within [-180, 180)."""
    inside = (lon >= -180) & (lon < 180)
    return np.where(inside, lon, (lon + 180) % 360 - 180)
