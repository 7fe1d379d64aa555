//! The built-in sources on the real files, where the shared data lie beside the checkout: the
//! numbers that the catalogue of the data, the issue or the publisher state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atalaya_kernel::record::{Batch, Record, Terms, record_field};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Decimal, Precision, Problem, rule};
use atalaya_sources::map::{MemberRead, Rulings};
use atalaya_sources::{Context, Slice, read};

use crate::support::{Accepted, Taken, recipe, take};

/// A file of the shared data; says so and gives nothing where it is absent.
#[allow(clippy::print_stdout)]
pub fn data(file: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(file);
    if !path.exists() {
        println!("SKIPPED: the shared data are not here ({})", path.display());
        return None;
    }
    Some(path)
}

fn taken(id: &str, file: &str) -> Option<Taken> {
    Some(take(id, &data(file)?))
}

fn number(row: &Accepted) -> Decimal {
    Decimal::parse(row.text("value")).unwrap_or_default()
}

/// Sums by period of the rows that fit.
fn sums(taken: &Taken, fits: impl Fn(&Accepted) -> bool) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in taken.accepted.iter().filter(|r| fits(r)) {
        *sums.entry(row.text("period").into()).or_default() += number(row);
    }
    sums
}

fn rounded(value: Decimal) -> i64 {
    value.to_f64().round() as i64
}

/// Everything that makes a cell but the value and the vintage.
fn key(row: &Accepted) -> Vec<String> {
    ["area", "place", "substance", "measure", "definition", "breakdown", "unit", "period"].map(|f| row.text(f).to_string()).to_vec()
}

/// Counts records without keeping them.
#[derive(Default)]
struct Counter {
    terms: Terms,
    read: u64,
    accepted: u64,
    not_accepted: u64,
    units: BTreeMap<String, u64>,
    /// Flag to rows, of all substances and of coca and cocaine; rows of coca with R2 and not R1.
    flags: BTreeMap<&'static str, u64>,
    coca_flags: BTreeMap<&'static str, u64>,
    inflow_alone: u64,
    artefacts: u64,
    with_newline: u64,
    zealand: BTreeSet<(u8, bool)>,
    ghana: Vec<String>,
    saudi: Vec<String>,
}

impl Counter {
    fn count(&mut self, record: &Record) {
        let text = |field: &str| self.terms.text(record.codes[record_field(field)]).to_string();
        let flags: Vec<&'static str> = rule::flags_of(record.flags).map(|r| r.id).collect();
        let is_coca = substances().is_within(&text("substance"), "coca-cocaine");
        for flag in &flags {
            *self.flags.entry(flag).or_default() += 1;
            *self.coca_flags.entry(flag).or_default() += u64::from(is_coca);
        }
        self.inflow_alone += u64::from(flags.contains(&"inflow-to-producer") && !flags.contains(&"departure-is-destination"));
        self.artefacts += u64::from(text("amount") == "0.11699999999999999");
        self.with_newline += u64::from(record.codes.iter().any(|c| self.terms.text(*c).contains('\n')));
        if text("area") == "NZ" {
            self.zealand.insert((record.precision, flags.contains(&"day-not-known")));
        }
        if text("area") == "GH" && text("amount").starts_with("14733068") {
            self.ghana.push(format!("{} {} {}", text("unit"), text("installation"), flags.join(" ")));
        }
        if text("departure") == "SA" && text("destination") == "SA" {
            self.saudi.push(flags.join(" "));
        }
        *self.units.entry(text("unit")).or_default() += 1;
    }
}

impl Slice for Counter {
    fn begin(&mut self, _: Option<&str>) -> Result<Terms, Problem> {
        Ok(Terms::default())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), Problem> {
        batch.terms.iter().for_each(|(_, text)| {
            self.terms.code(text);
        });
        self.read += batch.leaves.len() as u64;
        self.accepted += batch.records.len() as u64;
        self.not_accepted += batch.held.len() as u64;
        batch.records.iter().for_each(|r| self.count(r));
        Ok(())
    }

    fn end(&mut self, _: Vec<MemberRead>, _: Vec<Both>) -> Result<(), Problem> {
        Ok(())
    }
}

#[test]
fn the_individual_drug_seizures_are_all_accounted_for() {
    let Some(path) = data("unodc_ids_2011_2016/drug-trafficking-unodc.zip") else { return };
    let (recipe, mut counter) = (recipe("unodc-ids"), Counter::default());
    read(
        &mut Context { recipe: &recipe, rulings: &Rulings::default(), progress: &mut |_| {} },
        &path,
        "drug-trafficking-unodc.zip",
        &mut counter,
    )
    .unwrap();
    assert_eq!(counter.read, 311_038);
    assert_eq!(counter.read, counter.accepted + counter.not_accepted);
    for unit in ["kg", "g", "tablet"] {
        assert!(counter.units.get(unit).is_some_and(|rows| *rows > 1_000), "{unit}");
    }
    assert!(counter.artefacts > 0, "an amount stays as it is written");
    assert_eq!(counter.with_newline, 3, "rows with a line break within quotes");
    assert_eq!(counter.zealand, BTreeSet::from([(Precision::Month.code(), true)]), "New Zealand reports months");
    assert_eq!(counter.ghana, ["g Airport too-heavy-for-air"]);
    assert!(counter.saudi.len() >= 2 && counter.saudi.iter().all(|f| f.contains("departure-is-destination")), "{:?}", counter.saudi);
    // flows.md 4.4 counts coca and cocaine alone, and R2 without the links R1 has taken out.
    assert_eq!(counter.coca_flags["departure-is-destination"], 52);
    assert_eq!(counter.coca_flags["too-heavy-for-air"], 2);
    assert_eq!(counter.inflow_alone, 91);
}

#[test]
fn coca_by_country_keeps_two_definitions_of_peru_and_the_printed_totals() {
    let Some(taken) = taken("unodc-coca", "unodc_wdr2025_annex_raw/6.1.1_Global_illicit_coca_bush_cultivation.xlsx") else { return };
    let cells = |area: &str, year: &str| -> Vec<String> {
        taken
            .accepted
            .iter()
            .filter(|r| r.text("area") == area && r.text("period") == year && r.text("missing").is_empty())
            .map(|r| r.text("value").to_string())
            .collect()
    };
    assert_eq!(taken.accepted.iter().filter(|r| r.text("missing").is_empty()).count(), 57);
    assert_eq!(cells("PE", "2011"), ["64400", "62500"]);
    assert_eq!(cells("PE", "2010"), ["61200"]);
    assert_eq!(cells("BO", "2010"), ["31000"]);
    assert_eq!(cells("CO", "2023"), ["252600"]);
    let footnotes: Vec<(&str, &str)> = taken.flagged("footnote").map(|r| (r.text("area"), r.text("period"))).collect();
    assert_eq!(footnotes, [("PE", "2021"), ("m49:001", "2011")]);
    // What the note of the recipe says of the publisher's totals.
    assert_eq!(cells("m49:001", "2020"), cells("m49:001", "2019"));
    assert_eq!(taken.stopped_by("note-row"), taken.held.len());
}

#[test]
fn seizures_of_two_publications_agree_in_2019() {
    let Some(annex) = taken("unodc-seizures", "unodc_wdr2025_annex_raw/7.1_Drug_seizures_2019-2023.xlsx") else { return };
    let Some(older) = taken("unodc-seizures-1970-2019", "unodc_seizures_1970_2019_country_drug/seizures.csv") else { return };
    let hydrochloride = |taken: &Taken, area: &str, year: &str| -> f64 {
        let fits = |r: &Accepted| r.text("area") == area && r.text("period") == year && r.text("substance") == "cocaine-hcl";
        sums(taken, fits).get(year).copied().unwrap_or_default().to_f64()
    };
    assert_eq!(annex.read, 11_274);
    for (area, kg) in [("CO", 746_285.0), ("PE", 22_513.0), ("EC", 197_929.0), ("BO", 21_345.0)] {
        assert_eq!(hydrochloride(&annex, area, "2023").round(), kg, "{area}");
    }
    for (area, kg) in [("CO", 428_417.55), ("PE", 25_049.66)] {
        assert!((hydrochloride(&older, area, "2019") - kg).abs() < 0.01, "{area}");
        assert_eq!(hydrochloride(&annex, area, "2019").round(), f64::round(kg), "{area}");
    }
    assert!(annex.flagged("subtotal").all(|r| r.text("definition").ends_with("(subtotal)")));
    let (subtotals, parts) =
        (annex.flagged("subtotal").count(), annex.accepted.iter().filter(|r| r.text("breakdown").starts_with("part ")).count());
    assert!(subtotals > 500 && parts >= 2_528, "{subtotals} subtotals, {parts} parts");
}

#[test]
fn rivals_of_1970_to_2019_are_held_and_none_is_chosen() {
    let Some(taken) = taken("unodc-seizures-1970-2019", "unodc_seizures_1970_2019_country_drug/seizures.csv") else { return };
    assert_eq!(taken.read, 51_201);
    let keys: BTreeSet<Vec<&str>> = taken
        .held
        .iter()
        .filter(|h| h.rule == "rival-values")
        .map(|h| ["country", "Drug", "Year"].map(|c| h.raw.iter().find(|(n, _)| n == c).map_or("", |(_, v)| v.as_str())).to_vec())
        .collect();
    assert_eq!(
        taken.stopped_by("rival-values") - keys.len() + taken.stopped_by("repeated-row"),
        7_883,
        "rows that repeat the key of another"
    );
    let seed = |r: &&Accepted| r.text("area") == "AF" && r.text("period") == "1985" && r.text("substance") == "cannabis-seed";
    assert_eq!(taken.accepted.iter().filter(seed).count(), 0);
}

#[test]
fn prevalence_reads_every_survey_of_nine_sheets() {
    let file = "unodc_wdr2025_annex_raw/1.2_Prevalence_of_drug_use_in_the_general_population_national_data.xlsx";
    let Some(taken) = taken("unodc-prevalence", file) else { return };
    assert_eq!(taken.members.len(), 9);
    let eight: u64 = taken.members.iter().take(8).map(|m| m.rows).sum();
    let notes = taken.held.iter().filter(|h| h.file < 8 && h.rule == "note-row").count() as u64;
    assert_eq!(eight - notes, 2_102);
    let rows: Vec<&Accepted> = taken
        .accepted
        .iter()
        .filter(|r| r.text("area") == "KE" && r.text("period") == "2017" && r.text("substance") == "cannabis-type")
        .collect();
    let found: Vec<(&str, &str)> = rows.iter().map(|r| (r.text("breakdown"), r.text("value"))).collect();
    assert_eq!(found, [("", "1.2"), ("male", "2.1"), ("female", "0.3")]);
}

/// National sums, from the catalogue.
const COLOMBIA: [i64; 24] = [
    136_918, 102_071, 86_332, 80_348, 85_750, 77_870, 98_899, 80_953, 68_027, 61_811, 63_765, 47_788, 48_189, 69_132, 96_085, 146_140,
    171_495, 169_018, 154_476, 142_784, 204_257, 230_028, 252_572, 261_386,
];

#[test]
fn coca_of_colombia_sums_alike_in_both_forms() {
    let folder = "co_coca_municipio_2001_2024";
    let Some(wide) = taken("simci-coca", &format!("{folder}/coca_crops_2001-2022.csv")) else { return };
    let Some(later) = taken("simci-coca", &format!("{folder}/add_2023_2024.csv")) else { return };
    let Some(long) = taken("simci-coca", &format!("{folder}/co_coca_municipio_long_2001_2024.csv")) else { return };
    let mut short = sums(&wide, |_| true);
    short.extend(sums(&later, |_| true));
    let expected: BTreeMap<String, i64> = COLOMBIA.iter().zip(2001..).map(|(ha, year)| (year.to_string(), *ha)).collect();
    let round =
        |sums: &BTreeMap<String, Decimal>| -> BTreeMap<String, i64> { sums.iter().map(|(y, s)| (y.clone(), rounded(*s))).collect() };
    assert_eq!(round(&short), expected);
    assert_eq!(round(&sums(&long, |_| true)), expected);
    assert_eq!([&wide, &later, &long].map(|t| t.vintages.join(" ")), ["2022", "2024", "2024"]);
    assert!(wide.held.is_empty() && later.held.is_empty() && long.held.is_empty());
    let cells = |t: &Taken| -> BTreeMap<Vec<String>, Decimal> { t.accepted.iter().map(|r| (key(r), number(r))).collect() };
    let (all, of_wide) = (cells(&long), cells(&wide));
    assert!(of_wide.iter().all(|(k, v)| all.get(k) == Some(v)), "the two forms agree cell by cell");
}

#[test]
fn coca_of_peru_by_report() {
    let Some(taken) = taken("devida-coca", "pe_coca/pe_coca_by_report_vintage.csv") else { return };
    let Some(table) = self::taken("devida-coca", "pe_coca/coca_department_2020_2024.csv") else { return };
    assert_eq!(taken.vintages, ["2021", "2022", "2023", "2024"]);
    let mut national = taken.accepted.iter().chain(&table.accepted).filter(|r| r.text("area") == "PE" && r.text("period") == "2020");
    assert!(national.clone().count() >= 5 && national.all(|r| r.text("value") == "61777"));
    let places: BTreeSet<&str> = taken.accepted.iter().map(|r| r.text("area")).collect();
    assert!(places.contains("PE-AMA") && places.contains("devida:amazonas"), "two places called Amazonas");
    // The departments of the table add up to its total, but for rounding.
    let (parts, totals) = (sums(&table, |r| r.text("area") != "PE"), sums(&table, |r| r.text("area") == "PE"));
    assert!(parts.iter().all(|(year, sum)| (sum.to_f64() - totals[year].to_f64()).abs() <= 2.0), "{parts:?}");
    assert!(taken.held.is_empty() && table.held.is_empty());
    assert!(taken.accepted.iter().any(|r| r.text("missing") == "not-applicable"));
}

#[test]
fn two_releases_of_wastewater_agree_but_for_thursdays() {
    let folder = "euda_wastewater_2011_2024";
    let Some(old) = taken("euda-wastewater", &format!("{folder}/ww-data-long-2023-05-02.csv")) else { return };
    let Some(new) = taken("euda-wastewater", &format!("{folder}/Wasserwerk2020-2024.csv")) else { return };
    assert_eq!((old.read, new.read), (3_080, 1_585));
    let before: BTreeMap<Vec<String>, &Accepted> = old.accepted.iter().map(|r| (key(r), r)).collect();
    let shared: Vec<(&Accepted, &Accepted)> = new.accepted.iter().filter_map(|r| Some((*before.get(&key(r))?, r))).collect();
    let means: Vec<&(&Accepted, &Accepted)> =
        shared.iter().filter(|(_, n)| n.text("substance") == "cocaine" && n.text("breakdown").is_empty()).collect();
    assert_eq!(means.len(), 272);
    assert!(means.iter().all(|(o, n)| number(o) == number(n)));
    let damaged: Vec<&(&Accepted, &Accepted)> = shared.iter().filter(|(o, n)| number(o) != number(n)).collect();
    assert!(!damaged.is_empty() && damaged.iter().all(|(_, n)| n.text("breakdown") == "thursday"));
    let agia_napa = damaged.iter().find(|(_, n)| n.text("place") == "Agia Napa" && n.text("substance") == "cocaine").unwrap();
    assert_eq!((agia_napa.0.text("value"), agia_napa.1.text("value"), agia_napa.1.text("flags")), ("9.8", "09.08", "leading-zero-number"));
    // The country code H.
    assert_eq!(new.held.len(), 3);
    assert!(new.held.iter().all(|h| h.rule == "unknown-area" && h.found == "H" && h.detail.contains("HU")));
}

#[test]
fn four_releases_of_border_seizures_are_one_table() {
    let mut cells: BTreeMap<Vec<String>, Vec<Decimal>> = BTreeMap::new();
    let (mut read, mut vintages) = (0, Vec::new());
    for release in ["19_22", "20_23", "21_24", "22_25"] {
        let Some(taken) = taken("us-cbp", &format!("us_cbp_drug_seizures_fy19_25/cbp_drug_seizures_fy{release}.csv")) else { return };
        assert!(taken.held.is_empty());
        read += taken.read;
        vintages.extend(taken.vintages.clone());
        assert_eq!(taken.flagged("provisional").count() > 0, release == "22_25");
        assert!(taken.flagged("provisional").all(|r| r.text("status") == "P"));
        for row in &taken.accepted {
            cells.entry(key(row)).or_default().push(number(row));
        }
    }
    assert_eq!(vintages, ["FY2022", "FY2023", "FY2024", "FY2025"]);
    let pounds: BTreeMap<&Vec<String>, &Vec<Decimal>> = cells.iter().filter(|(k, _)| k[3] == "seized-mass").collect();
    assert_eq!((read, pounds.len(), cells.len()), (38_886, 16_617, 2 * 16_617));
    // Releases agree: the same values, but for the twelfth digit of a printed float.
    assert!(cells.values().all(|v| v.windows(2).all(|w| (w[0].to_f64() - w[1].to_f64()).abs() <= 1e-9 + 1e-12 * w[0].to_f64())));
    let year = |substance: &str, months: std::ops::RangeInclusive<&str>| -> i64 {
        let of = pounds.iter().filter(|(k, _)| k[2] == substance && months.contains(&k[7].as_str()));
        (of.map(|(_, v)| v[0].to_f64()).sum::<f64>() * 0.453_592_37).round() as i64
    };
    assert_eq!(year("fentanyl", "2022-10"..="2023-09"), 12_257);
    assert_eq!(year("cocaine", "2018-10"..="2019-09"), 45_876);
}

#[test]
fn two_compilations_of_homicides_keep_their_own_totals() {
    let Some(old) = taken("co-homicides", "co_homicides_municipio_1990_2013/homicidios.1990.a.2013.csv") else { return };
    let Some(new) = taken("co-homicides", "co_homicides_municipio_2003_2023/municipality_year.csv") else { return };
    let homicides = |taken: &Taken, year: &str| rounded(sums(taken, |r| r.text("measure") == "homicides")[year]);
    for (year, count) in [("1990", 23_865), ("2000", 25_859), ("2003", 23_098), ("2013", 15_187)] {
        assert_eq!(homicides(&old, year), count, "{year}");
    }
    for (year, count) in [("2003", 22_496), ("2013", 14_971)] {
        assert_eq!(homicides(&new, year), count, "{year}");
    }
    assert_eq!(new.read, 18_300);
    assert_eq!((new.stopped_by("code-name-conflict"), new.held.len()), (3, 3), "Briceño in Boyacá");
    let without = new.accepted.iter().filter(|r| r.text("measure") == "population" && r.text("missing") == "not-known");
    assert_eq!(without.count(), 8, "a population of 0 is none");
    assert!(new.notices.iter().any(|n| n.contains("absent is zero")));
}

#[test]
fn purchases_say_that_their_year_is_assumed() {
    let Some(taken) = taken("us-stride-prices", "us_stride_cocaine_2007/cocaine.csv") else { return };
    assert_eq!((taken.read, taken.held.len(), taken.flagged("assumed-year").count()), (3_380, 0, 3_380));
    assert!(taken.accepted.iter().all(|r| r.text("area").starts_with("US-")));
}

#[test]
fn a_page_of_an_api_is_noticed() {
    let Some(taken) = taken("co-police-seizures", "co_police_seizures_2018h1/data.csv") else { return };
    assert_eq!((taken.read, taken.held.len()), (1_000, 0));
    assert_eq!(taken.accepted.iter().filter(|r| r.text("substance") == "cocaine-base").count(), 995);
    assert!(taken.notices.iter().any(|n| n.contains("one page of an API")));
}
