//! Running designs again: what changed is run, what did not is left alone, and what comes out is a line more.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Clearance, Problem};
use atalaya_store::sha256_bytes;

use super::cause::{Changed, Flip, Trial, flip};
use super::compact::compacts;
use super::log::{Assessment, LOG, append, read};
use super::paid::{Paid, paid};
use super::promises::assess_compact;
use crate::Observatory;
use crate::evaluate::finding::{Effect, Finding, Verdict};
use crate::evaluate::{
    Entry, Ground, Sample, Stage, WrittenDesign, design_folder, designs, judged, one_look, parse_design, registered, written_design,
};
use crate::observatory::Caller;

/// Copies of a design's file as each run read it, so that it can be run again as it stood.
const SEEN: &str = "seen";

/// What was run.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ran {
    /// Designs and compacts run.
    pub ran: Vec<String>,
    /// Those for which nothing had changed.
    pub unchanged: usize,
    /// Those that stopped, and why.
    pub problems: Vec<(String, Problem)>,
}

/// Runs every registered design and every compact, or one of them.
///
/// The runs see all there is, whoever asks for them: what they write carries its label, and is read by it.
///
/// # Errors
/// `busy`, `store`, `unknown-design` for one that is not there.
pub(crate) fn assess(observatory: &Observatory, caller: &mut Caller<'_>, only: Option<&str>) -> Result<Ran, Problem> {
    let mut whole = observatory.another(Clearance::owner())?;
    let _lock = whole.lock()?;
    again(&mut whole, caller, only)
}

/// The same, under a lock that is held already.
pub(crate) fn again(whole: &mut Observatory, caller: &mut Caller<'_>, only: Option<&str>) -> Result<Ran, Problem> {
    let mut ran = Ran::default();
    let wanted = |id: &str| only.is_none_or(|o| o == id);
    let lines: Vec<_> = designs(whole)?.into_iter().filter(|d| wanted(&d.id)).collect();
    let pacts: Vec<_> = compacts(whole).into_iter().filter(|(id, _)| wanted(id)).collect();
    if let Some(id) = only.filter(|_| lines.is_empty() && pacts.is_empty()) {
        return Err(unknown(id));
    }
    let mut take = |id: &str, done: Result<bool, Problem>| match done {
        Ok(true) => ran.ran.push(id.into()),
        Ok(false) => ran.unchanged += 1,
        Err(problem) => ran.problems.push((id.into(), problem)),
    };
    for line in lines.iter().filter(|d| d.stage == Stage::Registered) {
        let done = assess_design(whole, caller, &line.id).map(|a| a.is_some());
        take(&line.id, done);
    }
    for (id, of) in pacts {
        caller.progress.at(&id, 0);
        take(&id, of.and_then(|of| assess_compact(whole, caller, &of)).map(|m| m.is_some()));
        caller.progress.done(&id);
    }
    Ok(ran)
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        "unknown-design",
        id,
        Both::new("neither a design nor a compact has this id", "ningún diseño ni acuerdo tiene este código"),
        Both::new("`atalaya assess list` names them", "`atalaya assess list` los nombra"),
    )
}

/// A design with its log, at the door of a run.
struct Case<'a> {
    whole: &'a Observatory,
    written: WrittenDesign,
    entries: Vec<Entry>,
    before: Vec<Assessment>,
}

/// Runs a design and logs what came out; `None` where neither data nor text nor program changed.
fn assess_design(whole: &Observatory, caller: &mut Caller<'_>, id: &str) -> Result<Option<Assessment>, Problem> {
    let folder = design_folder(whole, id)?;
    let case = Case { whole, written: written_design(whole, id)?, entries: registered(whole, id)?, before: read(&folder.join(LOG))? };
    let (data, as_of) = case.state(&folder)?;
    let version = env!("CARGO_PKG_VERSION");
    let last = case.before.last();
    if last.is_some_and(|l| (l.data.as_str(), l.hash.as_str(), l.version.as_str()) == (&data, case.written.hash.as_str(), version)) {
        return Ok(None);
    }
    let mut line = Assessment {
        run: last.map_or(1, |l| l.run + 1),
        look: case.before.iter().map(|l| l.look).max().unwrap_or(0),
        when: caller.now.clone(),
        data,
        as_of,
        hash: case.written.hash.clone(),
        version: version.into(),
        last_period: None,
        planned: None,
        effect: None,
        verdict: Verdict::CannotTell,
        naive: Verdict::CannotTell,
        says: Vec::new(),
        problem: None,
        flip: None,
        label: None,
    };
    match case.now(caller, &mut line) {
        Ok(sample) => line.flip = last.and_then(|last| case.flip(caller, last, &line, &sample)),
        Err(problem) => {
            line.says = vec![Both::new("it cannot be run on the data as they are", "no se puede ejecutar con los datos como están")];
            line.problem = Some(problem);
        }
    }
    append(&folder.join(LOG), &line)?;
    Ok(Some(line))
}

impl Case<'_> {
    /// The state of the data, and the newest intake; a file is copied aside as it is now.
    fn state(&self, folder: &Path) -> Result<(String, Option<i64>), Problem> {
        let Some(file) = &self.written.design.data.file else {
            let eye = self.whole.eye(None)?;
            return Ok((eye.snapshot.to_string(), Some(eye.as_of)));
        };
        let path = folder.join(file);
        let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
        let bytes = fs::read(&path).map_err(failed)?;
        let hash = sha256_bytes(&bytes);
        let copy = folder.join(seen(&hash, file));
        if !copy.is_file() {
            // Written aside and then named, so that what bears a hash is whole.
            let aside = copy.with_extension("part");
            fs::create_dir_all(folder.join(SEEN)).and_then(|()| fs::write(&aside, &bytes)).map_err(failed)?;
            fs::rename(&aside, &copy).map_err(failed)?;
        }
        Ok((hash, None))
    }

    /// The runs of the text as it is now: another text begins to count anew.
    fn history(&self) -> Vec<&Assessment> {
        self.before.iter().filter(|l| l.hash == self.written.hash).collect()
    }

    /// Runs it on the data as they are.
    fn now(&self, caller: &mut Caller<'_>, line: &mut Assessment) -> Result<Sample, Problem> {
        let sample = Sample::whole(self.whole, &self.written, &self.entries, None)?;
        let (finding, paid) = self.judge(caller, &self.written, &sample, None)?;
        line.last_period = sample.last_held;
        (line.look, line.planned) = (paid.look, paid.planned);
        line.naive = one_look(&finding);
        line.verdict = paid.stands.unwrap_or(finding.verdict);
        line.says = finding.sentences.to_vec();
        if paid.stands.is_some() {
            line.says.insert(0, stands());
        }
        line.label = finding.label;
        line.effect = Some(finding.effect);
        Ok(sample)
    }

    /// A finding whose interval pays for the looks before.
    fn judge(
        &self,
        caller: &mut Caller<'_>,
        written: &WrittenDesign,
        sample: &Sample,
        as_of: Option<i64>,
    ) -> Result<(Finding, Paid), Problem> {
        let history = self.history();
        let mut out = Paid { look: 0, planned: None, interval: None, stands: None };
        let mut pay = |effect: &Effect| {
            out = paid(&written.design.method.looks, &history, effect)?;
            Ok(out.interval)
        };
        let ground = Ground { written, entries: &self.entries, sample, as_of };
        let finding = judged(self.whole, &ground, &mut pay, caller)?;
        Ok((finding, out))
    }

    /// What turned since the run before, and why.
    fn flip(&self, caller: &mut Caller<'_>, last: &Assessment, line: &Assessment, sample: &Sample) -> Option<Flip> {
        if last.verdict == line.verdict {
            return None;
        }
        let then = self.then(last, &self.written);
        let until = last.last_period.unwrap_or(i64::MAX);
        let changed = Changed {
            code: last.version != line.version,
            design: last.hash != line.hash,
            periods: line.last_period.is_some_and(|p| p > until),
            cells: then.as_ref().is_none_or(|then| revised(then, sample, until)),
        };
        let mut run = |trial| {
            let judged = |caller: &mut Caller<'_>, written: &WrittenDesign, sample: &Sample, as_of| {
                let (finding, paid) = self.judge(caller, written, sample, as_of).ok()?;
                Some(paid.stands.unwrap_or(finding.verdict))
            };
            match trial {
                Trial::AsBefore => {
                    let text = &self.entries.iter().find(|e| e.hash == last.hash)?.text;
                    let design = parse_design(text, "").ok()?;
                    let old = WrittenDesign { id: self.written.id.clone(), text: text.clone(), hash: last.hash.clone(), design };
                    judged(caller, &old, &self.then(last, &old)?, last.as_of)
                }
                Trial::DesignOfNow => judged(caller, &self.written, then.as_ref()?, last.as_of),
                Trial::OldPeriodsNewData => {
                    let mut cut = sample.clone();
                    cut.rows.retain(|r| r.period <= until);
                    judged(caller, &self.written, &cut, None)
                }
                Trial::NewPeriodsOldData => judged(caller, &self.written, &mixed(sample, then.as_ref()?), None),
            }
        };
        Some(flip(last.verdict, line.verdict, changed, &mut run))
    }

    /// The panel as a run had it: the store by its time travel, a file by its copy.
    fn then(&self, last: &Assessment, written: &WrittenDesign) -> Option<Sample> {
        let mut written = written.clone();
        if let Some(file) = &written.design.data.file {
            written.design.data.file = Some(seen(&last.data, file));
        }
        Sample::whole(self.whole, &written, &self.entries, last.as_of).ok()
    }
}

/// Where the copy of a file lies, below the design's folder.
fn seen(hash: &str, file: &str) -> String {
    let extension = Path::new(file).extension().map_or_else(|| "csv".into(), |e| e.to_string_lossy().into_owned());
    PathBuf::from(SEEN).join(format!("{hash}.{extension}")).to_string_lossy().into_owned()
}

/// Outcomes by name of the unit and period.
fn outcomes(sample: &Sample) -> BTreeMap<(&str, i64), Option<f64>> {
    sample.rows.iter().map(|r| ((sample.units[r.unit].as_str(), r.period), r.y)).collect()
}

/// Whether cells up to a period have other values than they had.
fn revised(then: &Sample, now: &Sample, until: i64) -> bool {
    let mut new = outcomes(now);
    new.retain(|(_, period), _| *period <= until);
    let mut old = outcomes(then);
    old.retain(|(_, period), _| *period <= until);
    old != new
}

/// All periods of now, with the values that were there then.
fn mixed(now: &Sample, then: &Sample) -> Sample {
    let old = outcomes(then);
    let mut out = now.clone();
    for row in &mut out.rows {
        if let Some(y) = old.get(&(now.units[row.unit].as_str(), row.period)) {
            row.y = *y;
        }
    }
    if then.units == now.units {
        out.exposure.clone_from(&then.exposure);
    }
    out
}

fn stands() -> Both {
    Both::new(
        "All planned looks are done: the verdict of the last one stands.",
        "Ya se hicieron todas las revisiones previstas: queda el veredicto de la última.",
    )
}

/// The interval of a look at an effect, after the runs in the log: what an answer between two runs says.
///
/// # Errors
/// Those of the log and of the method.
pub(crate) fn paid_so_far(observatory: &Observatory, written: &WrittenDesign, effect: &Effect) -> Result<Option<[f64; 2]>, Problem> {
    let before = super::standing::runs(observatory, &written.id)?;
    let history: Vec<&Assessment> = before.iter().filter(|l| l.hash == written.hash).collect();
    Ok(paid(&written.design.method.looks, &history, effect)?.interval)
}
