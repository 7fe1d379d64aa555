//! What an analyst made of a finding: logged, undone by another decision, never deleted.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Problem};
use atalaya_store::{Decision, DecisionBody};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::observatory::Observatory;

/// The rulings there are: id, English, Spanish.
pub const RULINGS: [(&str, [&str; 2]); 4] = [
    ("explained", ["explained", "explicado"]),
    ("error", ["an error", "un error"]),
    ("open", ["open", "abierto"]),
    ("accepted", ["accepted as it stands", "aceptado tal como está"]),
];

/// What a ruling is called.
pub(crate) fn name(ruling: &str) -> Both {
    RULINGS.iter().find(|(id, _)| *id == ruling).map_or_else(|| Both::same(ruling), |(_, [en, es])| Both::new(*en, *es))
}

/// A ruling as it is shown beside its finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The number of the decision.
    pub decision: i64,
    /// `explained`, `error`, `open`, `accepted`.
    pub ruling: String,
    /// What it is called.
    pub name: Both,
    /// Why, in the words of who ruled.
    pub why: String,
    /// Which desk or role.
    pub who: String,
    /// When, RFC 3339.
    pub when: String,
    /// Whether the numbers are still those that were ruled on.
    pub holds: bool,
    /// What was found when it was ruled on, where the numbers have changed since.
    pub then: Option<String>,
}

/// The rulings in force, the newest for each finding; with the digest of the numbers ruled on.
pub(crate) struct Rulings {
    of: BTreeMap<String, (Decision, String, String, String)>,
    /// Every decision about findings and their undoing, newest first.
    pub log: Vec<Decision>,
    /// Those undone.
    pub undone: BTreeSet<i64>,
}

impl Rulings {
    /// Read from the log of decisions. What desks write about findings stays inside.
    ///
    /// # Errors
    /// `store`.
    pub fn of(observatory: &Observatory) -> Result<Rulings, Problem> {
        let mut rulings = Rulings { of: BTreeMap::new(), log: Vec::new(), undone: BTreeSet::new() };
        if !observatory.clearance().inside {
            return Ok(rulings);
        }
        let all = observatory.store().decisions(None)?;
        rulings.undone =
            all.iter().filter_map(|d| if let DecisionBody::Undo { decision } = d.body { Some(decision) } else { None }).collect();
        for decision in all {
            let DecisionBody::Finding { finding, numbers, ruling, says } = &decision.body else { continue };
            if !rulings.undone.contains(&decision.id) {
                rulings.of.insert(finding.clone(), (decision.clone(), numbers.clone(), ruling.clone(), says.clone()));
            }
            rulings.log.push(decision);
        }
        rulings.log.reverse();
        Ok(rulings)
    }

    /// The ruling on a finding as it stands now.
    pub fn on(&self, finding: &Finding) -> Option<Ruling> {
        let (decision, numbers, ruling, says) = self.of.get(&finding.id)?;
        let holds = *numbers == finding.numbers;
        Some(Ruling {
            decision: decision.id,
            ruling: ruling.clone(),
            name: name(ruling),
            why: decision.why.clone(),
            who: decision.who.clone(),
            when: decision.decided_at.clone(),
            holds,
            then: (!holds).then(|| says.clone()),
        })
    }

    /// Whether a finding needs nobody any more: ruled on, on these numbers, and not left open.
    pub fn settles(&self, finding: &Finding) -> bool {
        self.of.get(&finding.id).is_some_and(|(_, numbers, ruling, _)| *numbers == finding.numbers && ruling != "open")
    }

    /// The finding a decision is about, if it is about one and stands.
    pub fn finding_of(&self, decision: i64) -> Option<&str> {
        let found = self.log.iter().find(|d| d.id == decision && !self.undone.contains(&d.id))?;
        if let DecisionBody::Finding { finding, .. } = &found.body { Some(finding) } else { None }
    }
}
