"""roc-validator on every RO-Crate of a folder, without a network: the context comes from a package."""
import glob, json, os, sys

try:
    import rocrate
    from rocrate_validator import models, services
    from rocrate_validator.utils.http import HttpRequester
except ImportError as e:
    print(f"SKIPPED: {e}")
    sys.exit(0)

path = os.path.join(os.path.dirname(rocrate.__file__), "data", "ro-crate.jsonld")
if not os.path.exists(path):
    print(f"SKIPPED: the package rocrate {getattr(rocrate, '__version__', '')} has no context file")
    sys.exit(0)
context = json.load(open(path, encoding="utf-8"))
# `sha256` came with a later version than 1.1: a crate that needs it must say what it is.
context["@context"].pop("sha256", None)


class Local:
    """What the host of the context would answer."""

    status_code, ok, text, content = 200, True, json.dumps(context), json.dumps(context).encode()
    headers = {"Content-Type": "application/ld+json"}
    json = staticmethod(lambda: context)


# The class hands any method it does not have to its session: one of its own comes before that.
HttpRequester.get = HttpRequester.head = lambda self, *args, **kwargs: Local()

folders = sorted(os.path.dirname(p) for p in glob.glob(os.path.join(sys.argv[1], "*", "ro-crate-metadata.json")))
assert folders, sys.argv[1]


def problems(folder, severity):
    settings = models.ValidationSettings(
        rocrate_uri=folder,
        profile_identifier="ro-crate-1.1",
        requirement_severity=severity,
        skip_availability_check=True,
    )
    result = services.validate(settings)
    return [f"{i.severity.name} {i.check.identifier}: {i.message}" for i in result.get_issues()]


for folder in folders:
    required = problems(folder, models.Severity.REQUIRED)
    recommended = problems(folder, models.Severity.RECOMMENDED)
    print("roc-validator", os.path.basename(folder), "required:", len(required), "recommended:", len(recommended))
    assert not required, required[:5]
    for issue in recommended[:8]:
        print("  ", issue)
    metadata = os.path.join(folder, "ro-crate-metadata.json")
    whole = open(metadata, encoding="utf-8").read()
    document = json.loads(whole)
    actions = [e for e in document["@graph"] if e["@type"] == "CreateAction"]
    assert actions and all(a.get("object") and a.get("result") and a["instrument"]["@id"] == "#atalaya" for a in actions), actions
    # A crate that does not say when it was published must be found: the check is not for show.
    del next(e for e in document["@graph"] if e["@id"] == "./")["datePublished"]
    open(metadata, "w", encoding="utf-8").write(json.dumps(document))
    assert problems(folder, models.Severity.REQUIRED), "nothing is found in a broken crate"
    open(metadata, "w", encoding="utf-8").write(whole)
