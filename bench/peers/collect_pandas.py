"""What an analyst would write for the same job in pandas: read, validate, map, flag, write, index.

Usage: python collect_pandas.py FILE.csv OUT.sqlite KERNEL_DATA_FOLDER

Everything is vectorised; each distinct text of a column is looked up once. It does less than
Atalaya: no copy of the raw file, no root over the rows, no dictionary of names in any language.
"""

import hashlib
import json
import os
import sqlite3
import sys
import unicodedata

import numpy as np
import pandas as pd

csv_path, out_path, data = sys.argv[1:4]


def register(name):
    return pd.read_csv(os.path.join(data, name), dtype=str, keep_default_na=False)


def fold(text):
    """A name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum() or c == " ").strip()


def lookups():
    """Folded names to codes, for countries, substances and units."""
    world = register("areas_world.csv")
    countries = world[world["level"] == "country"]
    areas = {}
    for column in ("name_en", "name_es", "code", "iso3"):
        areas.update(zip(countries[column].map(fold), countries["code"]))
    alias = register("areas_aliases.csv")
    areas.update(zip(alias["alias"].map(fold), alias["code"]))
    drugs, substances = register("substances.csv"), {}
    for column in ("label_en", "label_es", "id"):
        substances.update(zip(drugs[column].map(fold), drugs["id"]))
    alias = register("substances_aliases.csv")
    substances.update(zip(alias["reported"].map(fold), alias["id"]))
    known, units = register("units.csv"), {}
    for column in ("label_en", "label_es", "id"):
        units.update(zip(known[column].map(fold), known["id"]))
    alias = register("units_aliases.csv")
    units.update(zip(alias["alias"].map(fold), alias["id"]))
    parents = dict(zip(drugs["id"], drugs["parent"]))
    return areas, substances, units, parents


def within(parents, child, wanted):
    while child:
        if child == wanted:
            return True
        child = parents.get(child, "")
    return False


def mapped(column, table, absent=()):
    """Codes of a column, and which cells hold a text nobody knows."""
    folded = {text: fold(text) for text in column.unique()}
    absents = [text for text, name in folded.items() if name == "" or name in absent]
    codes = column.map({text: table[name] for text, name in folded.items() if name in table and text not in absents})
    return codes, codes.isna() & ~column.isin(absents)


digest = hashlib.sha256()
with open(csv_path, "rb") as raw:
    while chunk := raw.read(1 << 20):
        digest.update(chunk)

areas, substances, units, parents = lookups()
frame = pd.read_csv(csv_path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8")

out = pd.DataFrame(index=frame.index)
out["ordinal"] = np.arange(1, len(frame) + 1)
unknown = {}
NOT_A_COUNTRY = ("unknown", "other", "multiple countries")
out["area"], unknown["unknown-area"] = mapped(frame["COUNTRY"], areas)
out["area_reported"] = frame["COUNTRY"]
out["admin"] = frame["ADMINISTRATIVE_DIVISION"]
out["place"] = frame["PLACE"]
out["substance"], unknown["unknown-substance"] = mapped(frame["DRUG_NAME"], substances)
out["substance_reported"] = frame["DRUG_NAME"]
out["amount"] = frame["AMOUNT"]
out["unit"], unknown["unknown-unit"] = mapped(frame["DRUG_UNIT"], units)
for name in ("producing", "departure", "destination"):
    out[name], bad = mapped(frame[name.upper() + "_COUNTRY"], areas, NOT_A_COUNTRY)
    unknown["unknown-area"] |= bad
out["transport"] = frame["TRANSPORT"].where(frame["TRANSPORT"] != "Unknown", "")
out["routing"] = frame["ROUTING"]
out["hiding"] = frame["HIDING_PLACE"]
out["installation"] = frame["INSTALLATION"]

day = pd.to_datetime(frame["SEIZURE_DATE"], format="%Y-%m-%d", errors="coerce")
unknown["bad-date"] = day.isna()
unknown["date-outside"] = (day.dt.year < 1950) | (day.dt.year > 2035)
out["day"] = frame["SEIZURE_DATE"]
out["precision"] = np.where(out["area"] == "NZ", "month", "day")
amount = pd.to_numeric(frame["AMOUNT"].replace("", None), errors="coerce")
unknown["bad-number"] = amount.isna() & (frame["AMOUNT"] != "")
unknown["negative-amount"] = amount < 0
for field, rule in (("area", "unknown-area"), ("substance", "unknown-substance")):
    unknown[rule] |= out[field].isna()

# Kilograms: the factor of the unit for this substance, else the unit's own.
factors = register("conversions.csv").query("to == 'kg'")
factors["best"] = factors["best"].astype(float)
special = factors[factors["substance"] != "*"].set_index(["unit", "substance"])["best"]
general = factors[factors["substance"] == "*"].set_index("unit")["best"]
kg = amount * out["unit"].map(general)
if len(special):
    pairs = pd.MultiIndex.from_arrays([out["unit"], out["substance"]])
    kg = kg.where(~pairs.isin(special.index), amount * special.reindex(pairs).to_numpy())
out["kg"] = kg

# The checks R1, R2, R3.
departure, destination, area = out["departure"], out["destination"], out["area"]
r1 = departure.notna() & (departure == destination) & (departure != area)
producers = ("CO", "PE", "BO")
is_coca = out["substance"].map({s: within(parents, s, "coca-cocaine") for s in parents}).eq(True)
into_area = departure.notna() & (departure != area) & area.isin(producers)
into_destination = destination.isin(producers) & (destination != area)
r2 = is_coca & (into_area | into_destination)
by_air = (out["installation"] == "Airport") | out["transport"].isin(("Commercial air", "Private air", "Air"))
r3 = by_air & (amount * out["unit"].map(general) > 2000)
no_amount = frame["AMOUNT"] == ""
no_unit = out["unit"].isna() & ~no_amount
out["flags"] = r1 * 1 + r2 * 2 + r3 * 4 + no_unit * 16 + no_amount * 32

held = pd.Series("", index=frame.index)
for rule, rows in unknown.items():
    held = held.mask(rows & (held == ""), rule)
is_held = held != ""
accepted = out[~is_held]
aside = pd.DataFrame({
    "ordinal": out["ordinal"][is_held],
    "rule": held[is_held],
    "raw": [json.dumps(row) for row in frame[is_held].to_dict("records")],
})

if os.path.exists(out_path):
    os.remove(out_path)
store = sqlite3.connect(out_path)
accepted.to_sql("record", store, index=False)
aside.to_sql("held", store, index=False)
store.execute("CREATE TABLE intake(sha256 TEXT, rows_read INTEGER, accepted INTEGER, held INTEGER)")
store.execute("INSERT INTO intake VALUES (?,?,?,?)", (digest.hexdigest(), len(frame), len(accepted), len(aside)))
store.execute("CREATE INDEX record_ordinal ON record(ordinal)")
store.commit()

check = accepted[(accepted["area"] == "PE") & (accepted["substance"] == "cocaine-hcl") & (day.dt.year[~is_held] == 2012)]
flags = accepted["flags"]
print(
    f"accepted={len(accepted)} held={len(aside)} pe_hcl_2012_kg={check['kg'].sum():.3f} "
    f"r1={(flags & 1 > 0).sum()} r2={(flags & 2 > 0).sum()} r3={(flags & 4 > 0).sum()}"
)
