//! Places: the lists hold together, and every name in the real files finds its place.

use atalaya_kernel::area::{AreaError, Level, Scheme, Scope, areas, is_no_area, is_total};

use crate::shared::{path, table, text, unknown, unzipped, values};

fn code(name: &str) -> &'static str {
    areas().resolve(name, None, None).unwrap_or_else(|e| panic!("{e}")).area.code
}

fn is_country_or_nothing(name: &str) -> bool {
    is_no_area(name) || areas().resolve(name, None, None).is_ok_and(|found| found.area.level <= Level::First)
}

#[test]
fn the_lists_have_no_defect_and_every_chain_ends_at_the_world() {
    assert_eq!(areas().defects(), &[] as &[String]);
    assert_eq!(areas().iter().filter(|a| a.scheme == Scheme::Iso3166_1).count(), 249);
    for area in areas().iter() {
        assert!(areas().is_within(area.code, "m49:001"), "{} does not reach the world", area.code);
        let parent = area.parent.and_then(|parent| areas().get(parent));
        assert_eq!(parent.is_none(), area.level == Level::World, "{}", area.code);
        assert!(parent.is_none_or(|parent| parent.level <= area.level), "{} is larger than its parent", area.code);
        assert!(!area.name_en.is_empty() && !area.name_es.is_empty(), "{} has no name", area.code);
        let by_code = areas().resolve(area.code, None, None).unwrap();
        assert_eq!(by_code.area.code, area.code);
    }
    assert_eq!(areas().descendants("m49:001").len() + 1, areas().len());
}

#[test]
fn a_country_name_means_one_country_in_both_languages() {
    for area in areas().iter().filter(|a| a.level == Level::Country) {
        for name in [area.name_en, area.name_es] {
            let found = areas().resolve(name, None, None).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(found.area.code, area.code, "{name}");
        }
        for (scheme, text) in [(Scheme::Iso3, area.iso3), (Scheme::M49, area.m49)] {
            if let Some(text) = text {
                assert_eq!(areas().resolve_code(scheme, text).unwrap().code, area.code, "{text}");
            }
        }
    }
}

#[test]
fn hard_names() {
    let pairs = [
        ("  PERÚ ", "PE"),
        ("per", "PE"),
        ("604", "PE"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Türkiye", "TR"),
        ("TURKEY", "TR"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Bolivia, Plurinational State of", "BO"),
        ("Bolivia (Plurinational State of)", "BO"),
        ("Lao Peoples Democratic Republic", "LA"),
        ("Lao People's Democratic Republic", "LA"),
        ("Macau, SAR of China", "MO"),
        ("China, Hong Kong SAR", "HK"),
        ("Kosovo under UNSCR 1244", "XK"),
        ("KKK", "XK"),
        ("Congo, the Democratic Republic of the", "CD"),
        ("Congo (Brazzaville)", "CG"),
        ("United Kingdom (England and Wales)", "GB-EAW"),
        ("United Kingdom (Scotland)", "GB-SCT"),
        ("Iraq (Kurdistan Region)", "IQ-KR"),
        ("Iraq (Central Iraq)", "user:iq-central"),
        ("USSR", "SUHH"),
        ("Czechoslovakia", "CSHH"),
        ("Serbia and Montenegro", "CSXX"),
        ("German Democratic Republic", "DDDE"),
        ("Federal Republic of Germany", "DE"),
        ("Netherlands Antilles", "ANHH"),
        ("Georgia", "GE"),
        ("Panamá", "PA"),
        ("Estados Unidos", "US"),
        ("Reino Unido", "GB"),
        ("América del Sur", "m49:005"),
        ("Ayacucho", "PE-AYA"),
        ("Madre De Dios", "PE-MDD"),
        ("Cuzco", "PE-CUS"),
        ("Bogotá D.C.", "CO-DC"),
        ("VRAEM", "devida:vraem"),
        ("Putumayo*", "devida:putumayo"),
        ("Pichis-Palcazu-Pachitea", "devida:pichis-palcazu-pachitea"),
        ("ubigeo:080910", "ubigeo:080910"),
        ("ubigeo:08", "PE-CUS"),
        ("PE-LMA", "ubigeo:1501"),
        ("US-PR", "PR"),
    ];
    for (name, want) in pairs {
        assert_eq!(code(name), want, "{name}");
    }
}

#[test]
fn what_is_no_place_and_what_is_a_total() {
    for text in ["", "  ", "Unknown", "OTHER", "Multiple Countries", "high seas", "NULL", "Desconocido"] {
        assert!(is_no_area(text), "{text}");
        assert!(matches!(areas().resolve(text, None, None), Err(AreaError::Unknown { nearest: None, .. })), "{text}");
    }
    assert!(!is_no_area("NA") && code("NA") == "NA", "NA is Namibia");
    assert!(is_total("TOTAL") && is_total("Total*") && !is_total("Totora"));
    for area in areas().iter() {
        assert!(!is_no_area(area.name_en) && !is_no_area(area.code), "{}", area.code);
    }
}

#[test]
fn a_scheme_or_a_country_settles_what_a_name_alone_cannot() {
    let error = areas().resolve("Amazonas", None, None).unwrap_err();
    let AreaError::Ambiguous { candidates, .. } = &error else { panic!("{error}") };
    assert_eq!(candidates, &["BR-AM", "CO-AMA", "PE-AMA", "VE-Z"]);
    assert!(matches!(areas().resolve("08", None, None), Err(AreaError::Ambiguous { .. })));
    let found = |name, scope| areas().find(name, scope, None).map(|r| r.area.code);
    assert_eq!(found("AMAZONAS", Scope { within: Some("PE"), ..Scope::default() }), Ok("PE-AMA"));
    assert_eq!(found("Amazonas", Scope { scheme: Some(Scheme::Devida), ..Scope::default() }), Ok("devida:amazonas"));
    assert_eq!(found("Amazonas", Scope { scheme: Some(Scheme::Divipola), ..Scope::default() }), Ok("CO-AMA"));
    assert_eq!(found("08", Scope { scheme: Some(Scheme::Divipola), ..Scope::default() }), Ok("CO-ATL"));
    assert_eq!(found("CA", Scope { scheme: Some(Scheme::Usps), ..Scope::default() }), Ok("US-CA"));
    assert_eq!(found("CA", Scope::default()), Ok("CA"));
    assert_eq!(found("EL", Scope { scheme: Some(Scheme::Euda), ..Scope::default() }), Ok("GR"));
    assert_eq!(found("DE", Scope { scheme: Some(Scheme::Euda), ..Scope::default() }), Ok("DE"));
    assert_eq!(found("Georgia", Scope { within: Some("US"), ..Scope::default() }), Ok("US-GA"));
    let third = Scope { within: Some("PE"), level: Some(Level::Third), ..Scope::default() };
    assert_eq!(found("Chachapoyas", third), Ok("ubigeo:010101"));
}

#[test]
fn codes_need_all_their_digits() {
    let codes = [
        (Scheme::Ubigeo, "08", "PE-CUS"),
        (Scheme::Ubigeo, "0809", "ubigeo:0809"),
        (Scheme::Ubigeo, "ubigeo:080910", "ubigeo:080910"),
        (Scheme::Divipola, "05", "CO-ANT"),
        (Scheme::Divipola, "05031", "divipola:05031"),
        (Scheme::Iso3, "col", "CO"),
        (Scheme::Iso3166_2, "pe-aya", "PE-AYA"),
        (Scheme::Iso3166_1, "XK", "XK"),
        (Scheme::M49, "005", "m49:005"),
        (Scheme::Devida, "vraem", "devida:vraem"),
    ];
    for (scheme, text, want) in codes {
        assert_eq!(areas().resolve_code(scheme, text).map(|a| a.code), Ok(want), "{text}");
    }
    for (scheme, text) in
        [(Scheme::Ubigeo, "8"), (Scheme::Ubigeo, "809"), (Scheme::Ubigeo, "80910"), (Scheme::Divipola, "5031"), (Scheme::M49, "5")]
    {
        let error = areas().resolve_code(scheme, text).unwrap_err();
        assert!(matches!(error, AreaError::Shape { .. }), "{error}");
    }
    assert!(matches!(areas().resolve_code(Scheme::Ubigeo, "990101"), Err(AreaError::Unknown { .. })));
}

#[test]
fn a_name_out_of_its_years_is_kept_and_marked() {
    let on = |name, year| areas().resolve(name, None, Some(year)).map(|r| (r.area.code, r.out_of_date)).unwrap();
    assert_eq!(on("Libyan Arab Jamahiriya", 2010), ("LY", false));
    assert_eq!(on("Libyan Arab Jamahiriya", 2016), ("LY", true));
    assert_eq!(on("Swaziland", 2016), ("SZ", false));
    assert_eq!(on("Swaziland", 2024), ("SZ", true));
    assert_eq!(on("Macedonia, the former Yugoslav Republic of", 2014), ("MK", false));
    assert_eq!(on("USSR", 1985), ("SUHH", false));
    assert_eq!(on("USSR", 1999), ("SUHH", true));
    assert_eq!(areas().get_on("SUHH", 1985).map(|a| a.code), Ok("SUHH"));
    let error = areas().get_on("SUHH", 1999).unwrap_err();
    assert_eq!(error, AreaError::NotValid { found: "USSR".into(), code: "SUHH", from: Some(1922), to: Some(1991) });
    let problem = error.problem("compact.toml line 3");
    assert_eq!(problem.found.es, "`USSR` (SUHH) existió de 1922 a 1991");
    assert_eq!(problem.todo.en, "use the place of that year");
}

#[test]
fn an_unknown_name_brings_its_nearest() {
    let nearest = |name| match areas().resolve(name, None, None) {
        Err(AreaError::Unknown { nearest, .. }) => nearest.map(|a| a.code),
        other => panic!("{other:?}"),
    };
    assert_eq!(nearest("Columbia"), Some("CO"));
    assert_eq!(nearest("Equador"), Some("EC"));
    assert_eq!(nearest("Xyzzyx Qwrt"), None);
    let said = areas().resolve("Columbia", None, None).unwrap_err().to_string();
    assert_eq!(said, "`Columbia` is no place we know (is it Colombia, CO?): correct it, or add it to areas_aliases.csv");
}

#[test]
fn kinship() {
    assert!(areas().is_within("ubigeo:080910", "PE-CUS") && areas().is_within("ubigeo:080910", "m49:019"));
    assert!(areas().is_within("CO", "CO") && !areas().is_within("CO", "PE") && !areas().is_within("nowhere", "m49:001"));
    assert_eq!(areas().children("CO").len(), 33);
    assert_eq!(areas().descendants("CO").len(), 33 + 1_122);
    let peru: Vec<_> = areas().children("PE").into_iter().filter(|a| a.level == Level::First).collect();
    assert_eq!(peru.len(), 25);
    assert_eq!(areas().children("IQ").len(), 2);
    assert!(areas().children("nowhere").is_empty());
}

#[test]
fn every_country_of_the_individual_drug_seizures() {
    let Some(ids) = unzipped("data/unodc_ids_2011_2016/drug-trafficking-unodc.zip") else { return };
    let columns = ["COUNTRY", "PRODUCING_COUNTRY", "DEPARTURE_COUNTRY", "DESTINATION_COUNTRY"];
    let names = values(&ids, ';', &columns);
    assert!(names.len() > 170, "{}", names.len());
    assert_eq!(unknown(&names, is_country_or_nothing), [] as [&str; 0]);
}

#[test]
fn every_country_of_the_annual_files() {
    let files = [
        ("data/unodc_wdr2025_annex_raw/7.1_seizures_tidy.csv", vec!["Country", "msCode"]),
        ("data/unodc_wdr2025_annex_raw/1.2_prevalence_tidy.csv", vec!["Country/Territory"]),
        ("data/unodc_wdr2025_annex_raw/6.1.1_coca_cultivation_tidy.csv", vec!["iso3"]),
        ("data/unodc_seizures_1970_2019_country_drug/seizures.csv", vec!["country", "ISO Code"]),
        ("data/unodc_retail_prices_1990_2023/retail_prices.csv", vec!["country"]),
        ("data/euda_wastewater_2011_2024/euda_city_year_2011_2024_combined.csv", vec!["Country"]),
        ("data/ca_wastewater_statcan/wastewater.csv", vec!["country", "iso3"]),
        ("data/ids_networks_cocaine_heroin_2006_2017/Cocaine_edges_aggregate_2006_2017.csv", vec!["to", "from"]),
        ("data/ids_networks_cocaine_heroin_2006_2017/Heroin_edges_aggregate_2006_2017.csv", vec!["to", "from"]),
    ];
    for (file, columns) in files {
        let Some(text) = text(file) else { continue };
        let names = values(&text, ',', &columns);
        assert_eq!(unknown(&names, is_country_or_nothing), [] as [&str; 0], "{file}");
    }
}

#[test]
fn every_state_of_the_overdose_file() {
    let Some(text) = text("data/us_overdose_cdc_vsrr/overdose.csv") else { return };
    let names = values(&text, ',', &["jurisdiction"]);
    let usps = |name: &str| areas().resolve(name, Some(Scheme::Usps), None).is_ok();
    assert_eq!(unknown(&names, usps), [] as [&str; 0]);
}

#[test]
fn every_municipality_of_the_colombian_files() {
    let files = [
        ("data/co_coca_municipio_2001_2024/co_coca_municipio_long_2001_2024.csv", "codmpio", "municipio", "departamento", 319, vec![]),
        (
            "data/co_homicides_municipio_2003_2023/municipality_year.csv",
            "municipio_code",
            "municipio",
            "departamento",
            1_000, // One row of Antioquia says Boyacá; the capital is filed under Cundinamarca.
            vec!["BOYACÁ/BRICEÑO divipola:05107", "CUNDINAMARCA/BOGOTÁ D.C. (CT) divipola:11001"],
        ),
        ("data/co_homicides_municipio_1990_2013/homicidios.1990.a.2013.csv", "cod", "municipio", "departamento", 1_122, vec![]),
    ];
    for (file, code, name, department, least, wrong) in files {
        let Some(text) = text(file) else { continue };
        let codes = values(&text, ',', &[code]);
        assert!(codes.len() >= least, "{file}: {}", codes.len());
        let padded = |text: &str| format!("{:0>5}", text.split('.').next().unwrap_or(text));
        let known = |code: &str| areas().resolve_code(Scheme::Divipola, &padded(code)).is_ok();
        assert_eq!(unknown(&codes, known), [] as [&str; 0], "{file}");
        let rows = table(&text, ',');
        let at = |column: &str| rows[0].iter().position(|h| h == column).unwrap();
        let (code, name, department) = (at(code), at(name), at(department));
        let mut odd = Vec::new();
        for row in &rows[1..] {
            let by_code = areas().resolve_code(Scheme::Divipola, &padded(&row[code])).unwrap();
            let home = areas().find(&row[department], Scope { within: Some("CO"), level: Some(Level::First), ..Scope::default() }, None);
            let home = home.unwrap_or_else(|e| panic!("{file}: {e}")).area.code;
            let by_name = areas().find(&row[name], Scope { within: Some(home), level: Some(Level::Second), ..Scope::default() }, None);
            if by_name.as_ref().map(|r| r.area.code) != Ok(by_code.code) {
                odd.push(format!("{}/{} {}", row[department], row[name], by_code.code));
            }
        }
        odd.dedup();
        assert_eq!(odd, wrong, "{file}: name and code name two places");
    }
}

#[test]
fn every_district_and_zone_of_the_peruvian_files() {
    if let Some(text) = text("data/pe_ubigeo_covariates/ubigeo_distrito.csv") {
        let codes = values(&text, ',', &["inei"]);
        let known = |code: &str| code == "NA" || areas().resolve_code(Scheme::Ubigeo, code).is_ok();
        assert_eq!(unknown(&codes, known), [] as [&str; 0]);
        let names = values(&text, ',', &["departamento"]);
        let known = |name: &str| areas().resolve(name, Some(Scheme::Ubigeo), None).is_ok_and(|r| r.area.level == Level::First);
        assert_eq!(unknown(&names, known), [] as [&str; 0]);
    }
    let Some(text) = text("data/pe_coca/pe_coca_by_report_vintage.csv") else { return };
    for row in &table(&text, ',')[1..] {
        let (level, name) = (row[1].as_str(), row[2].as_str());
        let (scheme, want) = if level == "zone" { (Scheme::Devida, Level::Zone) } else { (Scheme::Ubigeo, Level::First) };
        let found = areas().resolve(name, Some(scheme), None);
        assert!(is_total(name) || found.as_ref().is_ok_and(|r| r.area.level == want), "{name}: {found:?}");
    }
}

#[test]
fn every_polygon_of_the_maps_has_a_place() {
    for (file, key, scheme) in [
        ("data/geo_colombia_dane_2018/co_2018_MGN_MPIO_POLITICO.geojson", "\"MPIO_CCNCT\":", Scheme::Divipola),
        ("data/geo_peru/peru_distrital_simple.geojson", "\"IDDIST\":", Scheme::Ubigeo),
    ] {
        let Some(text) = text(file) else { continue };
        let codes: Vec<&str> = text.split(key).skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
        assert!(codes.len() > 1_000, "{file}: {}", codes.len());
        for code in codes {
            assert!(areas().resolve_code(scheme, code).is_ok(), "{file}: {code}");
        }
    }
    // The file the maps come with, so that an absent folder is told once more at the end.
    let _ = path("data/CATALOG.md");
}
