//! The schemas of the request structs are committed and fresh. `ATALAYA_UPDATE=1 cargo test -p
//! atalaya schemas` writes them again.

use std::path::Path;

use atalaya::evaluate::Fit;
use atalaya::linking::LinkTables;
use atalaya::verbs::{
    Account, Ask, Assess, AssessAlerts, AssessCompact, AssessDigest, AssessList, AssessLog, Bulletin, Changes, Collect, Diff, Draw,
    EvaluateAppendix, EvaluateDesign, EvaluateDraw, EvaluateFolder, EvaluateRegister, EvaluateRun, EvaluateShow, Export, Figure,
    GeometryAdd, Held, Key, LinkAccept, LinkDecide, LinkDecisions, LinkEvents, LinkPairs, LinkReject, LinkShow, LinkUndo, PublishSite,
    PublishTables, Reconcile, Records, RoutesAtlas, RoutesChange, RoutesCountry, RoutesDraw, RoutesFlows, RoutesMeasures, RoutesNetwork,
    RoutesRate, RoutesRecords, RoutesSeizures, RoutesValidate, RuleFindings, Status, Table, UndoRuling, Verify,
};
use schemars::{JsonSchema, schema_for};

fn check<T: JsonSchema>(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(format!("{name}.json"));
    let fresh = format!("{}\n", serde_json::to_string_pretty(&schema_for!(T)).unwrap());
    if std::env::var_os("ATALAYA_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == fresh, "schemas/{name}.json is stale: ATALAYA_UPDATE=1 cargo test -p atalaya schemas");
}

#[test]
fn every_verb_has_a_fresh_schema() {
    check::<Ask>("query");
    check::<Assess>("assess");
    check::<AssessAlerts>("assess-alerts");
    check::<AssessCompact>("assess-compact");
    check::<AssessDigest>("assess-digest");
    check::<AssessList>("assess-list");
    check::<AssessLog>("assess-log");
    check::<Bulletin>("publish-bulletin");
    check::<Changes>("changes");
    check::<Collect>("collect");
    check::<Diff>("diff");
    check::<Draw>("chart");
    check::<EvaluateAppendix>("evaluate-appendix");
    check::<EvaluateDesign>("evaluate-design");
    check::<EvaluateDraw>("evaluate-draw");
    check::<EvaluateFolder>("evaluate-folder");
    check::<Fit>("evaluate-fit");
    check::<EvaluateRegister>("evaluate-register");
    check::<EvaluateRun>("evaluate-run");
    check::<EvaluateShow>("evaluate-show");
    check::<Export>("export");
    check::<Figure>("figure");
    check::<GeometryAdd>("geometry");
    check::<Held>("held");
    check::<Key>("key");
    check::<LinkAccept>("link-accept");
    check::<LinkDecide>("link-decide");
    check::<LinkDecisions>("link-decisions");
    check::<LinkEvents>("link-events");
    check::<LinkReject>("link-reject");
    check::<LinkUndo>("link-undo");
    check::<LinkPairs>("link-pairs");
    check::<LinkShow>("link-show");
    check::<LinkTables>("link-tables");
    check::<PublishSite>("publish-site");
    check::<PublishTables>("publish-tables");
    check::<Reconcile>("reconcile");
    check::<Account>("reconcile-account");
    check::<RuleFindings>("reconcile-rule");
    check::<UndoRuling>("reconcile-undo");
    check::<Records>("records");
    check::<RoutesAtlas>("routes-atlas");
    check::<RoutesChange>("routes-change");
    check::<RoutesCountry>("routes-country");
    check::<RoutesDraw>("routes-draw");
    check::<RoutesFlows>("routes-flows");
    check::<RoutesMeasures>("routes-measures");
    check::<RoutesNetwork>("routes-network");
    check::<RoutesRecords>("routes-records");
    check::<RoutesRate>("routes-rate");
    check::<RoutesSeizures>("routes-seizures");
    check::<RoutesValidate>("routes-validate");
    check::<Status>("status");
    check::<Table>("table");
    check::<Verify>("verify");
}
