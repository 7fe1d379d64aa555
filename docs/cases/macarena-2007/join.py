"""Puts the middle of each municipality beside its coca: python3 join.py PANEL.csv OUTLINES.geojson > macarena.csv

PANEL.csv has codmpio, year, coca_ha; OUTLINES.geojson has MPIO_CCNCT. Only the standard library is needed.
"""
import csv
import json
import sys


def middle(geometry):
    """Area-weighted centre of the largest outer ring: latitude, longitude."""
    rings = [polygon[0] for polygon in ([geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"])]
    best = (0.0, 0.0, 0.0)
    for ring in rings:
        doubled = x = y = 0.0
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]):
            cross = ax * by - bx * ay
            doubled, x, y = doubled + cross, x + (ax + bx) * cross, y + (ay + by) * cross
        if abs(doubled) > abs(best[0]):
            best = (doubled, x / (3 * doubled), y / (3 * doubled))
    return round(best[2], 4), round(best[1], 4)


panel, outlines = sys.argv[1:3]
with open(outlines, encoding="utf-8") as file:
    places = {f["properties"]["MPIO_CCNCT"]: middle(f["geometry"]) for f in json.load(file)["features"]}
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["codmpio", "departamento", "municipio", "year", "coca_ha", "lat", "lon"])
with open(panel, encoding="utf-8") as file:
    for row in csv.DictReader(file):
        lat, lon = places[row["codmpio"]]
        out.writerow([row["codmpio"], row["departamento"], row["municipio"], row["year"], row["coca_ha"], lat, lon])
