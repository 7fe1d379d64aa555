//! Every method on small worlds of our own: it answers, in both languages, and refuses by name.

use super::*;
use crate::verbs::Say;
use atalaya_kernel::{Lang, Seed};

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// Six units over four periods; two adopt in 3, one in 4, effects of 2.
fn staggered() -> tempfile::NamedTempFile {
    let mut text = String::from("place,year,amount,start\n");
    for (unit, start) in [("a", 3), ("b", 3), ("c", 4), ("d", 0), ("e", 0), ("f", 0)] {
        for t in 1..=4 {
            let noise = f64::from((t * 7 + unit.len() as i32 * 5 + i32::from(unit.as_bytes()[0]) * t) % 5) / 10.0;
            let effect = if start > 0 && t >= start { 2.0 } else { 0.0 };
            text += &format!("{unit},{t},{},{start}\n", 1.0 + f64::from(t) + effect + noise);
        }
    }
    written(&text)
}

/// Nine places over fourteen years, the first two treated (or the first alone) from year 11 on, effect 3.
fn block(treated: usize) -> tempfile::NamedTempFile {
    let mut text = String::from("place,year,amount,on,size\n");
    let mut chance = Seed(7).stream(0);
    for i in 0..9usize {
        let (level, slope) = (10.0 * chance.unit(), chance.unit());
        for t in 1..=14 {
            let on = u8::from(i < treated && t > 10);
            let wave = (f64::from(t) * 0.7).sin() * slope * 4.0;
            let y = level + slope * f64::from(t) + wave + 0.2 * chance.unit() + 3.0 * f64::from(on);
            text += &format!("p{i},{t},{y},{on},{}\n", level + 0.1 * f64::from(t) + chance.unit());
        }
    }
    written(&text)
}

fn request(method: &str, file: &tempfile::NamedTempFile) -> Fit {
    Fit {
        method: method.into(),
        data: file.path().into(),
        unit: Some("place".into()),
        time: Some("year".into()),
        outcome: "amount".into(),
        cohort: Some("start".into()),
        ..Fit::default()
    }
}

fn on_block(method: &str, file: &tempfile::NamedTempFile) -> Fit {
    Fit { cohort: None, treatment: Some("on".into()), ..request(method, file) }
}

/// A series that rises by 5 at period 31, and one beside it that does not.
fn series() -> tempfile::NamedTempFile {
    let mut chance = Seed(3).stream(0);
    let mut text = String::from("month,deaths,rain\n");
    for t in 1..=50 {
        let rain = 4.0 + chance.unit();
        let jump = if t > 30 { 5.0 } else { 0.0 };
        text += &format!("{t},{},{rain}\n", 20.0 + 3.0 * rain + jump + chance.unit());
    }
    written(&text)
}

fn studies() -> tempfile::NamedTempFile {
    let mut text = String::from("effect,variance,district\n");
    for (i, y) in [0.1, 0.4, 0.3, -0.1, 0.6, 0.2].iter().enumerate() {
        text += &format!("{y},{},{}\n", 0.02 + 0.01 * i as f64, i / 2);
    }
    written(&text)
}

fn answers(fit: &Fit) -> Fitted {
    let fitted = super::fit(fit).unwrap_or_else(|e| panic!("{}: {}", fit.method, e.say(Lang::En)));
    assert!(!fitted.sections.is_empty() && !fitted.certificate.is_empty(), "{}", fit.method);
    assert!(fitted.size.rows > 0, "{}", fit.method);
    assert_ne!(fitted.say(Lang::En), fitted.say(Lang::Es), "{}", fit.method);
    fitted
}

#[test]
fn every_method_answers_and_says_so_in_both_languages() {
    let (adopted, one, two) = (staggered(), block(1), block(2));
    let pair = written("place,year,amount,start\na,1,1,2\na,2,5,2\nb,1,2,2\nb,2,7,2\nc,1,1,0\nc,2,2,0\nd,1,3,0\nd,2,4.5,0\n");
    let (series, studies) = (series(), studies());
    let (line, months) = (written(&line()), |m| Fit {
        time: Some("month".into()),
        unit: None,
        cohort: None,
        start: Some("31".into()),
        outcome: "deaths".into(),
        covariates: vec!["rain".into()],
        ..request(m, &series)
    });
    let pooled = |m| Fit { unit: None, outcome: "effect".into(), variance: Some("variance".into()), ..request(m, &studies) };
    for method in METHODS {
        let asked = match method.id {
            "two-by-two" => request(method.id, &pair),
            "sc" | "conformal" | "robust-sc" | "augsynth" => on_block(method.id, &one),
            "sc-predictors" => Fit { predictors: vec!["size".into(), "amount@8:10".into()], ..on_block(method.id, &one) },
            "synthdid" | "gsynth" | "ife" => Fit { r: Some(1), draws: Some(20), ..on_block(method.id, &two) },
            "mc" => Fit { lambda: Some(0.01), draws: Some(20), ..on_block(method.id, &two) },
            "its" | "bsts" => months(method.id),
            "rd" => Fit { running: Some("score".into()), outcome: "y".into(), ..request(method.id, &line) },
            "meta" => pooled(method.id),
            "meta-multilevel" => Fit { cluster: vec!["district".into()], ..pooled(method.id) },
            _ => request(method.id, &adopted),
        };
        let fitted = answers(&asked);
        let expected = method.id != "bacon";
        assert_eq!(fitted.effect.is_some(), expected, "{}", method.id);
        assert!(fitted.effect.is_none_or(|e| e.estimate.is_some_and(f64::is_finite)), "{}", method.id);
    }
}

/// A line at 0 with a jump of 2.
fn line() -> String {
    let mut chance = Seed(5).stream(0);
    let rows = (0..200).map(|i| {
        let x = f64::from(i - 100) / 50.0 + 0.001;
        format!("{x},{}\n", x + if x >= 0.0 { 2.0 } else { 0.0 } + 0.1 * chance.unit())
    });
    std::iter::once("score,y\n".to_string()).chain(rows).collect()
}

#[test]
fn the_effects_put_in_come_out() {
    let (one, two) = (block(1), block(2));
    for (file, methods) in [(&one, &["sc", "augsynth", "conformal", "synthdid"][..]), (&two, &["synthdid", "gsynth", "ife", "did"][..])] {
        for method in methods {
            let fitted = answers(&Fit { r: Some(1), draws: Some(20), ..on_block(method, file) });
            let effect = fitted.effect.unwrap().estimate.unwrap();
            assert!((effect - 3.0).abs() < 1.5, "{method}: {effect}");
        }
    }
    let sc = answers(&on_block("sc", &one));
    assert_eq!((sc.plots.paths.len(), sc.plots.events.len(), sc.plots.placebos.len()), (14, 14, 9));
    assert!(sc.plots.placebos[0].treated && sc.plots.placebos.iter().filter(|p| p.treated).count() == 1);
    assert!((sc.plots.donors.iter().map(|d| d.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(sc.effect.unwrap().p.is_some(), "placebos tell a p-value");
    // Named units and a start say the same as a column.
    let named = Fit { treatment: None, treated: vec!["p0".into()], start: Some("11".into()), ..on_block("sc", &one) };
    assert_eq!(answers(&named).effect, answers(&on_block("sc", &one)).effect);
}

#[test]
fn what_is_not_there_is_named() {
    let file = staggered();
    let said = |f: Fit| fit(&f).unwrap_err();
    assert_eq!(said(request("magic", &file)).id, "unknown-method");
    assert_eq!(said(Fit { outcome: "kilos".into(), ..request("did", &file) }).id, "unknown-column");
    assert_eq!(said(Fit { outcome: String::new(), ..request("did", &file) }).id, "column-needed");
    assert_eq!(said(Fit { cohort: None, ..request("did", &file) }).id, "column-needed");
    assert_eq!(said(Fit { outcome: "place".into(), ..request("did", &file) }).id, "not-a-number");
    assert_eq!(said(Fit { control: Some("twins".into()), ..request("did", &file) }).id, "unknown-option");
    let refused = said(Fit { covariates: vec!["start".into()], estimator: Some("reg".into()), ..request("did", &file) });
    assert_eq!(refused.id, "refused-collinear");
    assert_ne!(refused.say(Lang::En), refused.say(Lang::Es));
}

#[test]
fn panels_that_a_method_cannot_take_are_refused_by_name() {
    let (file, one) = (staggered(), block(1));
    let said = |f: Fit| {
        let problem = fit(&f).unwrap_err();
        assert_ne!(problem.say(Lang::En), problem.say(Lang::Es));
        problem.id
    };
    assert_eq!(said(request("sc", &file)), "refused-several-starts");
    assert_eq!(said(Fit { exclude: vec!["z".into()], ..on_block("sc", &one) }), "unknown-unit-name");
    assert_eq!(said(Fit { r: Some(99), ..on_block("robust-sc", &one) }), "refused-rank");
    assert_eq!(said(Fit { lambda: Some(-1.0), ..on_block("augsynth", &one) }), "refused-penalty");
    assert_eq!(said(Fit { folds: Some(40), ..on_block("conformal", &one) }), "refused-folds");
    assert_eq!(said(Fit { r: Some(12), ..on_block("ife", &one) }), "refused-few-untreated");
    let predictors = |p: &str| Fit { predictors: vec![p.into()], ..on_block("sc-predictors", &one) };
    assert_eq!(said(predictors("size@99")), "unknown-option");
    assert_eq!(said(predictors("on")), "refused-constant");
    assert_eq!(said(Fit { window: Some("9:12".into()), ..predictors("size") }), "refused-window");
    let holes = written("place,year,amount,on\na,1,1,0\na,2,2,0\na,3,9,1\nb,1,1,0\nb,2,NA,0\nb,3,2,0\nc,1,1,0\nc,2,2,0\nc,3,4,0\n");
    assert_eq!(said(on_block("sc", &holes)), "refused-not-finite");
    let stops = written("place,year,amount,on\na,1,1,0\na,2,2,1\na,3,9,0\nb,1,1,0\nb,2,3,0\nb,3,2,0\nc,1,1,0\nc,2,2,0\nc,3,4,0\n");
    assert_eq!(said(on_block("sc", &stops)), "refused-treatment-stops");
    let twice = written("place,year,amount,on\na,1,1,0\na,1,2,1\nb,1,1,0\n");
    assert_eq!(said(on_block("sc", &twice)), "refused-duplicate");
}

#[test]
fn words_of_certificates_are_in_the_readers_language() {
    let said = answers(&request("twfe", &staggered())).say(Lang::Es);
    assert!(said.contains("por conglomerados") && !said.contains("clustered"), "{said}");
    assert!(!said.contains("closed form") && !said.contains("conjugate"), "{said}");
}
