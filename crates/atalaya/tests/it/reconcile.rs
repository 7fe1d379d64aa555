//! Rival figures, on the demo and on the real files.

use std::path::Path;
use std::time::Instant;

use atalaya::Answer;
use atalaya::reconcile::{Finding, Severity};
use atalaya::verbs::{Account, Ask, Reconcile, Reconciled, RuleFindings, Say, UndoRuling};
use atalaya_kernel::{Clearance, Lang};

use crate::support::{World, shared};

fn of(what: &str, area: &str) -> Reconcile {
    Reconcile { what: Some(what.into()), area: Some(area.into()), limit: 500, ..Reconcile::default() }
}

fn check<'r>(found: &'r Reconciled, check: &str) -> Vec<&'r Finding> {
    found.findings.iter().map(|f| &f.finding).filter(|f| f.check == check).collect()
}

/// Platforms' J3: DEVIDA 54,655 to 61,777 and ONDCP 88,200 for 2020, in the demo anybody can make.
#[test]
fn peru_2020_stands_side_by_side_and_is_not_averaged() {
    let mut world = World::demo();
    let ask =
        Reconcile { from: Some("2019".into()), to: Some("2020".into()), base: Some("demo-devida-coca".into()), ..of("coca-area", "PE") };
    let found = world.run(&ask).unwrap();
    println!("{}", found.say(Lang::En));
    println!("{}", found.say(Lang::Es));
    let line = found.lines.iter().find(|l| l.value == "88200").expect("ONDCP's figure");
    assert_eq!(line.percent.map(|p| p.to_string()).as_deref(), Some("42.8"));
    assert_eq!(line.difference.map(|p| p.to_string()).as_deref(), Some("26423"));
    assert_eq!(line.agrees.as_deref(), Some("differ"));
    let base = found.lines.iter().find(|l| l.base && l.period == "2020").unwrap();
    assert_eq!(base.value, "61777");
    assert_ne!(base.definition, line.definition, "what they count is told apart");
    assert!(base.figure.is_some(), "{base:?}");
    assert!(found.lines.iter().any(|l| l.period == "2020" && l.value == "61800" && l.agrees.as_deref() == Some("rounded")));
    // (61,777 + 88,200) / 2: nobody says it.
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains("74988") && !text.contains("74,988"));
    let rival = check(&found, "rivals").into_iter().find(|f| f.period == "2020" && f.says.en.contains("88,200")).unwrap();
    assert_eq!(rival.severity, Severity::Serious);
    assert!(rival.says.en.contains("+42.8 %"), "{}", rival.says.en);
}

/// Ucayali's 332 ha are the only part of Peru of which that source gives an area standing in
/// December 2014: they are Ucayali's, and no figure of Peru.
#[test]
fn one_part_of_a_country_is_not_read_as_the_country() {
    let mut world = World::demo();
    let mut values = |area: &str| -> Vec<String> {
        let answer = world.ask(&Ask { what: "coca-area".into(), area: vec![area.into()], ..Ask::default() });
        answer.rows.iter().map(|row| Answer::text(row, "value")).collect()
    };
    let (peru, ucayali) = (values("PE"), values("PE-UCA"));
    assert!(peru.iter().any(|v| v == "88200") && !peru.iter().any(|v| v == "332"), "{peru:?}");
    assert_eq!(ucayali, ["332"]);
}

#[test]
fn the_growth_of_11_5_per_cent_has_the_later_year_as_base() {
    let mut world = World::demo();
    let found = world.run(&of("coca-area", "PE")).unwrap();
    let growth = check(&found, "growth");
    assert_eq!(growth.len(), 1, "{growth:?}");
    assert!(growth[0].says.en.contains("+13.0 %") && growth[0].says.en.contains("end-year base"), "{}", growth[0].says.en);
    assert!(growth[0].says.es.contains("+13,0 %") && growth[0].says.es.contains("base del año final"), "{}", growth[0].says.es);
}

#[test]
fn ucayali_raises_eradicated_exceeds_standing_with_candidates() {
    let mut world = World::demo();
    let found = world.run(&of("coca-area", "PE-UCA")).unwrap();
    let standing: Vec<_> = found.findings.iter().filter(|f| f.finding.check == "standing").collect();
    assert_eq!(standing.len(), 1);
    assert!(
        standing[0].finding.says.en.contains("4766") || standing[0].finding.says.en.contains("4,766"),
        "{}",
        standing[0].finding.says.en
    );
    assert!(standing[0].explanations.len() >= 5);
    assert!(standing[0].explanations[0].en.contains("more than once"));
}

#[test]
fn a_ruling_is_logged_survives_a_rebuild_of_the_book_and_is_undone() {
    let mut world = World::demo();
    let found = world.run(&of("coca-area", "PE-UCA")).unwrap();
    let id = check(&found, "standing")[0].id.clone();
    let rule = |why: &str, ruling: &str| RuleFindings { findings: vec![id.clone()], ruling: ruling.into(), why: why.into() };
    assert_eq!(world.run(&rule("", "explained")).unwrap_err().id, "why-needed");
    assert_eq!(world.run(&rule("x", "true")).unwrap_err().id, "unknown-ruling");
    let unknown = RuleFindings { findings: vec!["f-nothing".into()], ruling: "error".into(), why: "x".into() };
    assert_eq!(world.run(&unknown).unwrap_err().id, "unknown-finding");
    let ruled = world.run(&rule("several passes over the same fields", "explained")).unwrap();
    let n = ruled.decisions[0].id;
    let now = world.run(&of("coca-area", "PE-UCA")).unwrap();
    let ruling = now.findings.iter().find(|f| f.finding.id == id).unwrap().ruling.clone().unwrap();
    assert!(ruling.holds && ruling.then.is_none());
    assert_eq!((ruling.decision, ruling.ruling.as_str(), ruling.who.as_str()), (n, "explained", "test"));
    let open = world.run(&Reconcile { status: Some("open".into()), ..of("coca-area", "PE-UCA") }).unwrap();
    assert!(open.findings.iter().all(|f| f.finding.id != id));
    // The numbers change: the same finding, ruled on other numbers.
    let source = world.observatory.root().join("inbox/revised.csv");
    let text = "edition,area,year,substance,says,hectares,change_percent,eradicated_hectares,potential_tonnes,read_in\n\
                2027,PE-UCA,2015,coca-bush,\"work done in the year, quoted by InSight Crime\",,,4999,,test\n";
    std::fs::write(&source, text).unwrap();
    world.collect("pe-published-figures", &source);
    let later = world.run(&of("coca-area", "PE-UCA")).unwrap();
    let ruling = later.findings.iter().find(|f| f.finding.id == id).expect("the same id").ruling.clone().unwrap();
    assert!(!ruling.holds && ruling.then.is_some_and(|t| t.contains("4766")));
    let undo = world.run(&UndoRuling { decision: n, why: "look again".into() }).unwrap();
    assert_eq!(undo.decisions.len(), 1);
    let after = world.run(&of("coca-area", "PE-UCA")).unwrap();
    assert!(after.findings.iter().find(|f| f.finding.id == id).unwrap().ruling.is_none());
    assert_eq!(after.decisions.len(), 1, "nothing is deleted");
    assert_eq!(world.run(&UndoRuling { decision: n, why: "again".into() }).unwrap_err().id, "decision");
}

#[test]
fn a_reader_outside_sees_findings_and_no_rulings() {
    let mut world = World::demo();
    let found = world.run(&of("coca-area", "PE-UCA")).unwrap();
    let id = check(&found, "standing")[0].id.clone();
    world.run(&RuleFindings { findings: vec![id.clone()], ruling: "error".into(), why: "an inside word".into() }).unwrap();
    let outside = world.observatory.another(Clearance::public()).unwrap();
    let mut outside = world.beside(outside);
    let found = outside.run(&of("coca-area", "PE-UCA")).unwrap();
    let seen = found.findings.iter().find(|f| f.finding.id == id).expect("a public finding");
    assert!(seen.ruling.is_none() && found.decisions.is_empty());
    assert!(!serde_json::to_string(&found).unwrap().contains("inside word"));
    let rule = RuleFindings { findings: vec![id], ruling: "error".into(), why: "x".into() };
    assert_eq!(outside.run(&rule).unwrap_err().id, "inside-only");
}

#[test]
fn stones_estimate_is_named_needs_stated_errors_and_doubts_itself() {
    let mut world = World::demo();
    let at = |errors: &[&str]| Reconcile {
        from: Some("2020".into()),
        to: Some("2020".into()),
        error: errors.iter().map(|e| (*e).to_string()).collect(),
        ..of("coca-area", "PE")
    };
    assert!(world.run(&at(&[])).unwrap().estimates.is_empty(), "no error is assumed");
    assert!(world.run(&at(&["demo-devida-coca=5%"])).unwrap().estimates.is_empty(), "one figure is no estimate");
    assert_eq!(world.run(&at(&["demo-devida-coca=x"])).unwrap_err().id, "stated-error");
    let found = world.run(&at(&["demo-devida-coca=1000", "demo-unodc-coca=1000"])).unwrap();
    let estimate = &found.estimates[0];
    // Equal errors: half-way between 61,777 and 61,800, standard error 1,000 / sqrt(2).
    assert!((estimate.value - 61_788.5).abs() < 1e-6 && (estimate.error - 707.106_781).abs() < 1e-5, "{estimate:?}");
    assert!(estimate.name.en.starts_with("Stone 1942 estimate from") && estimate.doubt.is_none());
    // 2019 has DEVIDA's figure in two sources; ONDCP's source has two definitions.
    let two = world.run(&at(&["demo-devida-coca=1000", "pe-published-figures=1000"])).unwrap_err();
    assert_eq!(two.id, "stated-error");
    assert!(found.say(Lang::Es).contains("Estimación de Stone 1942"));
}

#[test]
fn a_country_and_year_are_laid_out_and_what_may_not_be_added_is_said() {
    let mut world = World::demo();
    let account = Account { area: "Perú".into(), year: 2019, purity: None };
    let page = world.run(&account).unwrap();
    println!("{}", page.say(Lang::En));
    println!("{}", page.say(Lang::Es));
    let rules: Vec<&str> = page.sections.iter().flat_map(|s| s.rules.iter().map(|r| r.id.as_str())).collect();
    assert!(rules.contains(&"rivals-coca-area") && rules.contains(&"eradicated-from-standing"), "{rules:?}");
    assert!(page.sections.iter().flat_map(|s| &s.rules).all(|r| r.refused), "nothing was stated, so nothing is combined");
    assert_eq!(world.run(&Account { purity: Some("60".into()), ..account.clone() }).unwrap_err().id, "purity");
    assert!(world.run(&Account { purity: Some("0.6-0.85".into()), ..account }).is_ok());
}

#[test]
fn words_no_list_knows_are_refused() {
    let mut world = World::demo();
    let with = |f: fn(&mut Reconcile)| {
        let mut ask = of("coca-area", "PE");
        f(&mut ask);
        ask
    };
    for (id, ask) in [
        ("unknown-what", with(|a| a.what = Some("nothing".into()))),
        ("unknown-what", with(|a| a.what = Some("seizures".into()))),
        ("unknown-check", with(|a| a.check = Some("nothing".into()))),
        ("unknown-status", with(|a| a.status = Some("nothing".into()))),
        ("unknown-base", with(|a| a.base = Some("nothing".into()))),
    ] {
        assert_eq!(world.run(&ask).unwrap_err().id, id);
    }
}

/// Two sources of our own: what adds up, what does not, and what looks like another unit.
#[test]
fn parts_units_and_breaks_are_found() {
    let mut world = World::new();
    let recipe = |id: &str| {
        format!(
            "id = \"{id}\"\ntitle = {{ en = \"x\", es = \"x\" }}\nproducer = \"x\"\nlicence = \"x\"\nkind = \"observations\"\n\
             label = {{ tlp = \"TLP:CLEAR\", recipients = [\"*\"], rows = \"releasable\" }}\nyears = [1999, 2035]\n\
             [vintage]\nfile_name = '(\\d{{4}})'\n[[layout]]\nname = \"a\"\n[layout.fields]\narea = {{ from = [\"area\"], required = true }}\n\
             period = {{ from = [\"year\"], dates = \"year\", required = true }}\nsubstance = {{ from = [\"substance\"], required = true }}\n\
             [[layout.observe]]\nmeasure = \"{}\"\nunit = \"{}\"\nvalue = \"value\"\ndefinition = \"{{as}}\"\n",
            if id.starts_with("kg") { "seized-mass" } else { "coca-area" },
            if id.starts_with("kg") { "kg" } else { "ha" },
        )
    };
    let mut add = |id: &str, rows: &str| {
        let folder = world.observatory.root().join("sources").join(id);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("recipe.toml"), recipe(id)).unwrap();
        let file = world.observatory.root().join(format!("{id}-2024.csv"));
        std::fs::write(&file, format!("area,year,substance,as,value\n{rows}")).unwrap();
        world.collect(id, &file);
    };
    add(
        "parts",
        "PE,2020,coca-bush,net,1000\nPE-UCA,2020,coca-bush,net,700\nPE-LOR,2020,coca-bush,net,450\nPE,2021,coca-bush,net,1150\nPE-UCA,2021,coca-bush,net,700\nPE-LOR,2021,coca-bush,net,450\nCO,2010,coca-bush,old,61811\nCO,2011,coca-bush,old,63765\nCO,2011,coca-bush,new,64990\nCO,2012,coca-bush,new,47788\n",
    );
    add("kg-one", "BR,2020,cocaine,bulk,25049.66\nAR,2020,cocaine,bulk,5000\nCL,2020,cocaine,bulk,120.5\n");
    add("kg-two", "BR,2020,cocaine,bulk,25049660\nAR,2020,cocaine,bulk,5000\nCL,2020,cocaine,bulk,121\n");
    let found = world.run(&Reconcile { limit: 100, ..Reconcile::default() }).unwrap();
    println!("{}", found.say(Lang::En));
    let parts = check(&found, "subtotal");
    assert_eq!(parts.len(), 1, "2021 adds up");
    assert!(parts[0].says.en.contains("150 ha more"), "{}", parts[0].says.en);
    let unit = check(&found, "unit");
    assert_eq!(unit.len(), 1);
    assert!(unit[0].says.en.contains("a factor of 1000"), "{}", unit[0].says.en);
    assert!(check(&found, "rivals").is_empty(), "Argentina agrees, Chile to rounding");
    let kg = found.meetings.iter().find(|m| m.measure == "seized-mass").unwrap();
    assert_eq!((kg.shared, kg.same, kg.rounded, kg.differ), (3, 1, 1, 1));
    assert_eq!(check(&found, "break").len(), 1);
    assert_eq!(check(&found, "overlap").len(), 1);
    // The same findings, whatever is asked and in whatever order.
    let again = world.run(&Reconcile { limit: 100, ..Reconcile::default() }).unwrap();
    assert_eq!(found, again);
}

/// A source at a time as an empty world has it, from the shared files.
fn real(sources: &[(&str, &str)]) -> Option<World> {
    let mut world = World::new();
    for (source, place) in sources {
        let path = shared(&format!("data/{place}"))?;
        world.collect(source, &path);
    }
    Some(world)
}

fn meets<'r>(found: &'r Reconciled, one: &str, other: &str) -> &'r atalaya::reconcile::Meeting {
    let is = |m: &&atalaya::reconcile::Meeting| {
        m.one.en.starts_with(one) && m.other.en.starts_with(other) || m.one.en.starts_with(other) && m.other.en.starts_with(one)
    };
    found.meetings.iter().find(is).unwrap_or_else(|| panic!("{one} and {other} never met: {:#?}", found.meetings))
}

/// SIMCI's sums against UNODC's rounded national figures; UNODC's own two bases for Peru in 2011.
#[test]
fn simci_meets_unodc_and_peru_2011_has_two_definitions() {
    let Some(mut world) =
        real(&[("simci-coca", "co_coca_municipio_2001_2024/coca_crops_2001-2022.csv"), ("unodc-coca", "unodc_wdr2025_annex_raw")])
    else {
        return;
    };
    let found = world.run(&Reconcile { from: Some("2010".into()), to: Some("2013".into()), ..of("coca-area", "CO") }).unwrap();
    println!("{}", found.say(Lang::En));
    let sums: Vec<&str> = found.lines.iter().filter(|l| l.source == "simci-coca").map(|l| l.value.as_str()).collect();
    assert!(sums.iter().any(|s| s.starts_with("61811") || s.starts_with("61812")), "{sums:?}");
    assert!(meets(&found, "simci-coca", "unodc-coca").shared >= 3);
    let peru = world.run(&of("coca-area", "PE")).unwrap();
    let overlap = check(&peru, "overlap");
    assert!(overlap.iter().any(|f| f.period == "2011" && f.says.en.contains("64,400") && f.says.en.contains("62,500")), "{overlap:?}");
    assert!(!check(&peru, "break").is_empty());
}

/// UNODC's annex 7.1 and its file of 1970-2019, for cocaine in 2019.
#[test]
fn annex_and_file_of_seizures_agree_to_rounding_in_2019() {
    let Some(mut world) =
        real(&[("unodc-seizures", "unodc_wdr2025_annex_raw"), ("unodc-seizures-1970-2019", "unodc_seizures_1970_2019_country_drug")])
    else {
        return;
    };
    for (area, annex, file) in [("CO", "428417.55", "428418"), ("PE", "25049.66", "25050")] {
        let ask = Reconcile {
            from: Some("2019".into()),
            to: Some("2019".into()),
            base: Some("unodc-seizures".into()),
            ..of("seized-mass", area)
        };
        let found = world.run(&ask).unwrap();
        let values: Vec<(&str, &str, &str)> = found
            .lines
            .iter()
            .filter(|l| l.substance.starts_with("coca"))
            .map(|l| (l.substance.as_str(), l.source.as_str(), l.value.as_str()))
            .collect();
        println!("{area}: {values:?}");
        assert!(values.iter().any(|v| v.2.starts_with(&annex[..annex.len() - 1]) || v.2.starts_with(file)), "{values:?}");
    }
    let found = world.run(&Reconcile { what: Some("seized-mass".into()), limit: 3, ..Reconcile::default() }).unwrap();
    println!("{}", found.say(Lang::En));
    let met = |f: fn(&atalaya::reconcile::Meeting) -> u64| found.meetings.iter().filter(|m| m.check == "rivals").map(f).sum::<u64>();
    let (shared, agree) = (met(|m| m.shared), met(|m| m.same + m.rounded));
    println!("{shared} figures in both, {agree} agree");
    assert!(shared > 500 && agree * 100 > shared * 95, "{shared} {agree}");
}

/// Two compilations of Colombia's homicides: 23,098 and 22,496 in 2003.
#[test]
fn two_vintages_of_homicides_disagree_by_2_7_per_cent() {
    let Some(mut world) =
        real(&[("co-homicides", "co_homicides_municipio_1990_2013"), ("co-homicides", "co_homicides_municipio_2003_2023")])
    else {
        return;
    };
    let ask = Reconcile { from: Some("2003".into()), to: Some("2003".into()), check: Some("vintages".into()), ..of("homicides", "CO") };
    let found = world.run(&ask).unwrap();
    println!("{}", found.say(Lang::En));
    let vintages = check(&found, "vintages");
    assert_eq!(vintages.len(), 1, "one finding for the country and year");
    let values: Vec<f64> = vintages[0].sides.iter().map(|s| s.value.parse().unwrap()).collect();
    assert_eq!(values, [23_098.0, 22_496.0]);
    assert_eq!(format!("{:.1}", (values[0] / values[1] - 1.0) * 100.0), "2.7");
}

/// Releases that agree: CBP wherever they overlap, EUDA on 272 city-years of cocaine.
#[test]
fn releases_that_agree_are_told() {
    let Some(mut world) = real(&[
        ("euda-wastewater", "euda_wastewater_2011_2024/ww-data-long-2023-05-02.csv"),
        ("euda-wastewater", "euda_wastewater_2011_2024/Wasserwerk2020-2024.csv"),
        ("us-cbp", "us_cbp_drug_seizures_fy19_25/cbp_drug_seizures_fy19_22.csv"),
        ("us-cbp", "us_cbp_drug_seizures_fy19_25/cbp_drug_seizures_fy20_23.csv"),
    ]) else {
        return;
    };
    let found = world.run(&Reconcile { check: Some("vintages".into()), limit: 5, ..Reconcile::default() }).unwrap();
    println!("{}", found.say(Lang::En));
    let cocaine: Vec<_> = found
        .meetings
        .iter()
        .filter(|m| m.measure == "wastewater-load" && m.what.en == "Load in wastewater, Cocaine, form not stated")
        .collect();
    assert_eq!(cocaine.len(), 1, "{:#?}", found.meetings);
    assert_eq!((cocaine[0].shared, cocaine[0].same), (272, 272));
    let cbp: Vec<_> = found.meetings.iter().filter(|m| m.one.en.starts_with("us-cbp")).collect();
    assert!(cbp.iter().map(|m| m.shared).sum::<u64>() > 5_000);
    assert!(cbp.iter().all(|m| m.differ == 0), "{cbp:?}");
}

/// DEVIDA's editions side by side with UNODC, and its own zones and departments against its totals.
#[test]
fn devidas_editions_zones_and_departments_are_held_together() {
    let Some(mut world) = real(&[("devida-coca", "pe_coca"), ("unodc-coca", "unodc_wdr2025_annex_raw")]) else { return };
    let found = world.run(&of("coca-area", "PE")).unwrap();
    println!("{}", found.say(Lang::En));
    assert!(found.lines.iter().any(|l| l.source == "devida-coca" && l.period == "2020" && l.value == "61777"));
    assert!(found.meetings.iter().any(|m| m.check == "subtotal" && m.same + m.rounded > 0), "{:#?}", found.meetings);
    assert!(found.meetings.iter().any(|m| m.check == "vintages" && m.differ == 0));
}

/// Everything there is, in seconds: how long is printed, a slow machine fails nothing.
#[test]
#[allow(clippy::disallowed_methods)]
fn the_whole_summary_of_all_real_files_takes_seconds() {
    let Some(data) = shared("data") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut quiet = atalaya::Quiet;
    let mut caller = atalaya::Caller {
        now: "2026-11-23T12:00:00Z".into(),
        who: "test".into(),
        lang: Lang::En,
        progress: &mut quiet,
        pace: &atalaya::Still,
    };
    let began = Instant::now();
    let observatory = atalaya::demo::make(&folder.path().join("o"), Some(Path::new(&data)), &mut caller).unwrap();
    let made = began.elapsed();
    let mut world = World::of(folder, observatory);
    let began = Instant::now();
    let eye = world.observatory.eye(None).unwrap();
    let loaded = began.elapsed();
    println!("{} records, {} observations loaded in {loaded:?}", eye.cube.len(), eye.observations.len());
    let began = Instant::now();
    let found = world.run(&Reconcile { limit: 15, ..Reconcile::default() }).unwrap();
    let (first, began) = (began.elapsed(), Instant::now());
    world.run(&Reconcile { limit: 15, ..Reconcile::default() }).unwrap();
    println!("{}", found.say(Lang::En));
    println!("made in {made:?}; summary in {first:?}, {:?} again; {} findings", began.elapsed(), found.total);
    let peru = world.run(&Account { area: "PE".into(), year: 2020, purity: None }).unwrap();
    println!("{}", peru.say(Lang::Es));
    assert!(found.total > 0 && found.findings[0].finding.severity == Severity::Serious);
}
