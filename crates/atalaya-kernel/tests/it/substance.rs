//! Substances: the tree holds together, and every name in the real files is sorted.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use atalaya_kernel::substance::substances;

use crate::shared::{path, text, unknown, unzipped, values};

fn id(name: &str) -> &'static str {
    substances().resolve(name).unwrap_or_else(|| panic!("{name}")).substance.id
}

fn known(name: &str) -> bool {
    substances().resolve(name).is_some()
}

#[test]
fn the_lists_have_no_defect_and_every_chain_ends_at_any_drug() {
    assert_eq!(substances().defects(), &[] as &[String]);
    for one in substances().iter() {
        assert!(substances().is_within(one.id, "any-drug"), "{} does not reach any-drug", one.id);
        assert!(!one.label_en.is_empty() && !one.label_es.is_empty(), "{} has no name", one.id);
        assert_eq!(one.parent.is_none(), one.id == "any-drug");
        assert!(one.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{} is not kebab-case", one.id);
        assert!(one.cas.is_none_or(cas_checks), "{}: {:?}", one.id, one.cas);
    }
}

/// A CAS number ends with the sum of its digits, weighted by their place from the right, mod 10.
fn cas_checks(cas: &str) -> bool {
    let digits: Vec<u32> = cas.bytes().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0')).collect();
    let Some((check, rest)) = digits.split_last() else { return false };
    let sum: u32 = rest.iter().rev().zip(1..).map(|(digit, weight)| digit * weight).sum();
    cas.matches('-').count() == 2 && sum % 10 == *check
}

#[test]
fn leaf_paste_and_hydrochloride_are_never_added() {
    let forms = [
        "coca-leaf",
        "coca-bush",
        "coca-seed",
        "coca-paste",
        "cocaine-base",
        "coca-paste-base",
        "cocaine-hcl",
        "crack",
        "cocaine",
        "cocaine-liquid",
    ];
    for a in forms {
        for b in forms {
            assert_eq!(substances().may_add(a, b), a == b, "{a} with {b}");
        }
    }
    assert!(!substances().may_add("nothing", "nothing"));
}

#[test]
fn the_cocaine_family() {
    let family: Vec<&str> = substances().descendants("cocaine").into_iter().map(|one| one.id).collect();
    for form in ["cocaine-hcl", "cocaine-base", "coca-paste", "coca-paste-base", "crack", "cocaine-liquid", "cocaine-other"] {
        assert!(family.contains(&form), "{form}");
    }
    for plant in ["coca-leaf", "coca-bush", "coca-seed"] {
        assert!(!family.contains(&plant) && substances().is_within(plant, "coca-cocaine"), "{plant}");
    }
    assert!(!substances().is_within("cocaine", "nothing"));
}

#[test]
fn hard_names() {
    let pairs = [
        ("COCAINE  hcl", "cocaine-hcl"),
        ("Cocaine salts", "cocaine-hcl"),
        ("Cocaine (base, paste and salts)", "cocaine"),
        ("Coca paste/cocaine base", "coca-paste-base"),
        ("Clorhidrato de cocaína", "cocaine-hcl"),
        ("pasta basica de cocaina (pbc)", "coca-paste"),
        ("HOJA DE COCA", "coca-leaf"),
        ("BASE DE COCA", "cocaine-base"),
        ("COCAINA", "cocaine"),
        ("MARIHUANA", "cannabis-herb"),
        ("Phentanyl", "fentanyl"),
        ("4-CMC", "chloromethcathinone-4"),
        ("4-Chloromethcathinone", "chloromethcathinone-4"),
        ("Non-specified Sedatives and Tranquilizers", "sedatives-unspecified"),
        ("Non-specified sedatives and tranquillizers", "sedatives-unspecified"),
        ("\"Captagon\"", "captagon"),
        ("“Yaba”", "yaba"),
        ("Khat (Catha Edulis)", "khat"),
        ("Taren", "aprofene"),
        ("Kitil", "unidentified"),
        ("Lozenal", "unidentified"),
        ("Unknown", "unknown"),
        ("Other", "other"),
        ("Other Drugs**", "other"),
        ("benzoylecgonine", "cocaine"),
        ("JWH-018", "jwh-018"),
        ("Dimethocaine", "dimethocaine"),
    ];
    for (name, want) in pairs {
        assert_eq!(id(name), want, "{name}");
    }
    assert_eq!(substances().resolve("a name never seen"), None);
    assert_eq!(substances().resolve(""), None);
}

#[test]
fn totals_are_marked_and_parts_are_not() {
    let totals = [
        ("Cocaine (total of the above, including if unspecified/undistinguished, but excluding coca leaf and coca bush)", "cocaine"),
        (
            "Total hallucinogens (including the above, all other hallucinogens, and any unspecified/undistinguished quantities of hallucinogens)",
            "hallucinogens",
        ),
        (
            "Total \"ecstasy\"-type substances (including the above, all other substances of this type and any unspecified/undistinguished quantities of substances of this type)",
            "ecstasy-type",
        ),
        ("Any Illicit drugs", "any-drug"),
        ("all_drugs", "any-drug"),
    ];
    for (name, want) in totals {
        let found = substances().resolve(name).unwrap();
        assert_eq!((found.substance.id, found.subtotal), (want, true), "{name}");
    }
    for part in ["Cocaine", "ATS", "Non-specified hallucinogens", "Ecstasy-type substances", "Cannabis-type"] {
        assert!(!substances().resolve(part).unwrap().subtotal, "{part}");
    }
}

#[test]
fn every_drug_of_the_individual_drug_seizures() {
    let Some(ids) = unzipped("data/unodc_ids_2011_2016/drug-trafficking-unodc.zip") else { return };
    let names = values(&ids, ';', &["DRUG_NAME"]);
    assert_eq!(names.len(), 343);
    assert_eq!(unknown(&names, known), [] as [&str; 0]);
}

#[test]
fn every_drug_of_the_annual_files() {
    let files = [
        ("data/unodc_wdr2025_annex_raw/7.1_seizures_tidy.csv", vec!["DrugName", "DrugSubGroup", "DrugGroup"], 156),
        ("data/unodc_seizures_1970_2019_country_drug/seizures.csv", vec!["Drug", "Drug Group"], 80),
        ("data/us_cbp_drug_seizures_fy19_25/cbp_dedup_fy19_25.csv", vec!["Drug Type"], 10),
        ("data/euda_wastewater_2011_2024/euda_city_year_2011_2024_combined.csv", vec!["Metabolite"], 6),
        ("data/ca_wastewater_statcan/wastewater.csv", vec!["drug"], 4),
        ("data/unodc_wdr2025_annex_raw/1.2_prevalence_tidy.csv", vec!["sheet"], 8),
        ("data/us_overdose_cdc_vsrr/overdose.csv", vec!["substance"], 6),
        ("data/co_police_seizures_2018h1/data.csv", vec!["clase_de_estupefaciente"], 2),
    ];
    for (file, columns, least) in files {
        let Some(text) = text(file) else { continue };
        let names = values(&text, ',', &columns);
        assert!(names.len() >= least, "{file}: {}", names.len());
        assert_eq!(unknown(&names, known), [] as [&str; 0], "{file}");
    }
}

#[test]
fn every_text_total_of_annex_7_1_is_marked() {
    let Some(text) = text("data/unodc_wdr2025_annex_raw/7.1_seizures_tidy.csv") else { return };
    let names = values(&text, ',', &["DrugName"]);
    let totals: Vec<&String> = names.iter().filter(|name| name.to_lowercase().contains("total")).collect();
    assert!(totals.len() >= 5, "{totals:?}");
    for name in totals {
        assert!(substances().resolve(name).is_some_and(|found| found.subtotal), "{name}");
    }
}

/// The workbook is the publisher's; the tidy CSV is derived from it.
#[test]
fn every_drug_of_the_annex_7_1_workbook() {
    let Some(book) = path("data/unodc_wdr2025_annex_raw/7.1_Drug_seizures_2019-2023.xlsx") else { return };
    let Some(texts) = part(&book, "xl/sharedStrings.xml") else { return };
    let Some(sheet) = part(&book, "xl/worksheets/sheet1.xml") else { return };
    let texts: Vec<String> = texts.split("<si>").skip(1).map(text_of).collect();
    let cells = sheet
        .split("<c r=\"")
        .skip(1)
        .filter(|cell| cell.starts_with(['D', 'E', 'F']) && cell.split('>').next().is_some_and(|head| head.contains("t=\"s\"")));
    let names: BTreeSet<String> = cells
        .filter(|cell| {
            cell[1..].trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('"')
                && !cell[1..].starts_with("1\"")
                && !cell[1..].starts_with("2\"")
        })
        .filter_map(|cell| texts.get(cell.split_once("<v>")?.1.split_once("</v>")?.0.parse::<usize>().ok()?).cloned())
        .collect();
    assert!(names.len() >= 180, "{}", names.len());
    assert_eq!(unknown(&names, known), [] as [&str; 0]);
}

/// One part of a workbook, unpacked by the system's `unzip`.
fn part(book: &Path, name: &str) -> Option<String> {
    match Command::new("unzip").arg("-p").arg(book).arg(name).output() {
        Ok(done) if done.status.success() => Some(String::from_utf8_lossy(&done.stdout).into_owned()),
        other => {
            eprintln!("SKIPPED: `unzip -p {} {name}` did not work: {other:?}", book.display());
            None
        }
    }
}

/// The texts of a shared string, run after run.
fn text_of(si: &str) -> String {
    let runs = si.split("<t").skip(1).filter_map(|run| run.split_once('>')?.1.split_once("</t>"));
    let joined: String = runs.map(|(text, _)| text).collect();
    joined.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
