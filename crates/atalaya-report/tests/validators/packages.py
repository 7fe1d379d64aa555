"""`frictionless validate` on every package of a folder."""
import glob, os, sys

try:
    import frictionless
except ImportError as e:
    print(f"SKIPPED: {e}")
    sys.exit(0)

found = sorted(glob.glob(os.path.join(sys.argv[1], "*-package", "datapackage.json")))
assert len(found) == 3, found
for path in found:
    os.chdir(os.path.dirname(path))
    report = frictionless.validate("datapackage.json")
    print("frictionless", frictionless.__version__, os.path.basename(os.path.dirname(path)), "valid:", report.valid,
          "tables:", [(t.name, t.stats["rows"]) for t in report.tasks])
    assert report.valid, report.to_summary()
    package = frictionless.Package("datapackage.json")
    assert package.to_descriptor()["licenses"][0]["title"] == "CC BY 4.0"
    # A broken byte must be found: the check is not for show.
    data = package.resources[0].path
    whole = open(data, "rb").read()
    open(data, "wb").write(whole + b"x,y\r\n")
    assert not frictionless.validate("datapackage.json").valid
    open(data, "wb").write(whole)
