//! Observations, their keys and their structure.

use atalaya_kernel::{Both, Label, Lang, Missing, Tlp};
use atalaya_report::{Format, Table, render};

use crate::support::{field, made, read_csv, records, row, series, text};

/// The cells of some columns.
fn cells(table: &Table, columns: &[&str]) -> Vec<Vec<String>> {
    let rows = read_csv(&text(&made(table, Format::SdmxCsv), "out.csv"));
    let at: Vec<usize> =
        columns.iter().map(|c| rows[0].iter().position(|h| h == c).unwrap_or_else(|| panic!("no {c} in {:?}", rows[0]))).collect();
    rows[1..].iter().map(|r| at.iter().map(|a| r[*a].clone()).collect()).collect()
}

#[test]
fn a_series_becomes_one_observation_a_row() {
    let rows = read_csv(&text(&made(&series(), Format::SdmxCsv), "out.csv"));
    assert_eq!(
        rows[0].join(","),
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,SUBSTANCE,MEASURE,SOURCE,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS,CONF_STATUS,\
         OBS_LOW,OBS_HIGH,SOURCE_ID,FIGURE_ID,BASIS,SNAPSHOT"
    );
    assert_eq!(
        rows[1].join(","),
        "dataflow,ATALAYA:DF_COCA_AREA(1.0.0),R,A,PE-AYA,coca-leaf,VALUE,unodc-monitoring,2021,1234.567,ha,A,C,1200,1300,\
         unodc-monitoring,fig-1,reported,snap-5f2c"
    );
    assert_eq!(rows.len(), series().rows.len() + 1);
}

#[test]
fn each_absence_has_its_own_status_and_zero_is_a_value() {
    let of = |m: Missing| vec![String::new(), m.obs_status().to_string()];
    let rows = cells(&series(), &["OBS_VALUE", "OBS_STATUS"]);
    assert_eq!(rows[1], ["2000", "P"]);
    assert_eq!(rows[2..5], [of(Missing::NotKnown), of(Missing::Suppressed), of(Missing::NotApplicable)]);
    assert_eq!(rows[5], ["0", "A"]);
    assert_eq!(rows[6], ["-12.5", "A"]);
}

#[test]
fn each_number_of_a_row_is_an_observation_and_the_unit_tells_them_apart() {
    let rows = cells(&records(), &["FREQ", "TIME_PERIOD", "MEASURE", "UNIT", "OBS_VALUE", "UNIT_MEASURE", "OBS_LOW"]);
    assert_eq!(rows.len(), 9);
    assert_eq!(rows[0], ["M", "2016-01", "RECORDS", "kg", "12", "1", ""]);
    assert_eq!(rows[1], ["M", "2016-01", "KG", "kg", "1234567890123.123456789", "kg", "1"]);
    assert_eq!(rows[4], ["M", "2016-01", "KG", "L", "", "kg", ""]);
    assert_eq!(rows[5], ["M", "2016-01", "WITHOUT_KG", "L", "3", "1", ""]);
}

#[test]
fn a_table_without_time_or_with_two_rows_at_one_place_is_refused() {
    let problem = |table: &Table| render(table, Format::SdmxCsv, Lang::En, "out.csv").unwrap_err();
    let mut table = series();
    table.columns[0].id = "when".into();
    assert_eq!(problem(&table).id, "sdmx-no-time");
    assert!(problem(&table).found.es.contains("tiempo"));
    let mut table = series();
    table.rows[1][3] = table.rows[0][3].clone();
    assert_eq!((problem(&table).id.as_str(), problem(&table).place.as_str()), ("sdmx-twice", "coca-area row 2"));
    let mut table = series();
    table.rows[1][0] = None;
    assert_eq!(problem(&table).id, "sdmx-time");
    let mut table = series();
    table.rows[0][9] = Some("final".into());
    assert_eq!(problem(&table).id, "sdmx-status");
    let mut table = series();
    table.columns.iter_mut().for_each(|c| c.kind = atalaya_report::FieldKind::Text);
    assert_eq!(problem(&table).id, "sdmx-no-number");
}

#[test]
fn times_of_every_length_have_their_frequency() {
    let mut table = series();
    for (column, text, freq, period) in [
        ("quarter", "2016-Q3", "Q", "2016-Q3"),
        ("month", "2016-02", "M", "2016-02"),
        ("month", "2016", "A", "2016"),
        ("fiscal-year", "FY2019", "A", "2018-10-01/P1Y"),
        ("fiscal-year", "2019", "A", "2019"),
        ("day", "2016-02-29", "D", "2016-02-29"),
    ] {
        table.rows.truncate(1);
        table.columns[0].id = column.into();
        table.rows[0][0] = Some(text.into());
        assert_eq!(cells(&table, &["FREQ", "TIME_PERIOD"]), [[freq, period]]);
    }
    table.columns[0].id = "year".into();
    table.rows[0][0] = Some("FY2019".into());
    assert_eq!(render(&table, Format::SdmxCsv, Lang::En, "o.csv").unwrap_err().id, "sdmx-time", "whose fiscal year?");
    table.rows[0][1] = Some("US".into());
    assert_eq!(cells(&table, &["TIME_PERIOD"]), [["2018-10-01/P1Y"]]);
}

#[test]
fn the_label_decides_who_may_see() {
    let mut table = series();
    table.rows.truncate(1);
    let label = table.about.label.clone().unwrap();
    for (tlp, conf) in [(Tlp::Clear, "F"), (Tlp::Green, "N"), (Tlp::Amber, "C"), (Tlp::AmberStrict, "C"), (Tlp::Red, "C")] {
        table.about.label = Some(Label { tlp, ..label.clone() });
        assert_eq!(cells(&table, &["CONF_STATUS"]), [[conf]]);
    }
    table.about.label = None;
    assert_eq!(cells(&table, &["CONF_STATUS"]), [["N"]]);
}

#[test]
fn the_structure_lists_the_codes_in_use_with_their_meaning() {
    let structure: serde_json::Value = serde_json::from_str(&text(&made(&series(), Format::SdmxCsv), "out.structure.json")).unwrap();
    let lists = structure["data"]["codelists"].as_array().unwrap();
    let list = |id: &str| lists.iter().find(|l| l["id"] == id).unwrap()["codes"].as_array().unwrap();
    let areas: Vec<&str> = list("CL_REF_AREA").iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(areas, ["PE-AYA", "UBIGEO_080910", "_X"]);
    assert_eq!(list("CL_REF_AREA")[1]["annotations"][0]["title"], "ubigeo:080910");
    assert_eq!(list("CL_UNIT_MEASURE")[0]["names"]["es"], "hectárea");
    assert_eq!(list("CL_MEASURE")[0]["name"], "Coca bush");
    assert!(list("CL_OBS_STATUS").iter().all(|c| c["name"] != c["id"]));
    assert_eq!(structure["meta"]["prepared"], "2023-08-15T00:00:00Z");
    assert_eq!(structure["meta"]["test"], true, "simulated data say so");
}

#[test]
fn columns_with_the_names_of_components_keep_apart() {
    let mut table = series();
    table.columns.push(field("freq", atalaya_report::FieldKind::Text, "", "Wave", "Banda"));
    table.columns.push(field("2nd-place", atalaya_report::FieldKind::Text, "", "Place", "Lugar"));
    table.rows = vec![row(&["2021", "PE", "coca-leaf", "a", "ha", "1", "~", "~", "~", "A", "~", "~", "x", "Ancón"])];
    table.title = Both::same("t");
    assert_eq!(cells(&table, &["FREQ", "FREQ_2", "X_2ND_PLACE"]), [["A", "x", "Anc$C3$B3n"]]);
}
