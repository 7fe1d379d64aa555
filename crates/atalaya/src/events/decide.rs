//! Ruling on pairs: what is new is logged, what contradicts an earlier ruling is refused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_store::{Decision, DecisionBody, LinkedRecord, Linking, NewDecision, Ruling, Scope};

use super::{Events, Sets, content, find};
use crate::observatory::{Caller, Eye, Observatory};

/// A ruling somebody wants to make, about rows of one eye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What is ruled.
    pub ruling: Ruling,
    /// What was looked at.
    pub scope: Scope,
    /// What it is called.
    pub title: Both,
    /// The proposals followed, by id.
    pub proposals: Vec<String>,
    /// Of a band: the least probability, as stated.
    pub at_least: Option<String>,
    /// The digest of the engine that proposed.
    pub engine: String,
    /// The pairs, as rows.
    pub pairs: Vec<[u32; 2]>,
}

/// Logs these rulings: all of them or none.
///
/// # Errors
/// `why-needed`, `link-contradiction` with the decisions it cannot stand beside, `already-decided`,
/// `link-kinds`, `busy`, `store`.
pub fn decide(
    observatory: &mut Observatory,
    caller: &Caller<'_>,
    eye: &Eye,
    why: Option<&str>,
    wishes: Vec<Wish>,
) -> Result<Vec<Decision>, Problem> {
    let why = reason(why)?;
    let _lock = observatory.lock()?;
    let events = observatory.events(eye, None)?;
    let mut sets = Standing::of(&events);
    let mut bodies = Vec::new();
    for wish in wishes {
        let fresh = sets.take(eye, &wish)?;
        if fresh.is_empty() {
            continue;
        }
        let rows: Vec<u32> = fresh.iter().flatten().copied().collect();
        let named: BTreeMap<u32, LinkedRecord> = rows.iter().copied().zip(content::named(eye, &rows)).collect();
        let pairs: Vec<[LinkedRecord; 2]> = fresh.iter().map(|[a, b]| [named[a].clone(), named[b].clone()]).collect();
        let mut linking = Linking::new(wish.scope, wish.title, &pairs);
        (linking.proposals, linking.at_least, linking.engine) = (wish.proposals, wish.at_least, wish.engine);
        bodies.push(match wish.ruling {
            Ruling::Same => DecisionBody::Same(Box::new(linking)),
            Ruling::Apart => DecisionBody::Apart(Box::new(linking)),
        });
    }
    if bodies.is_empty() {
        let numbers = list(&sets.known);
        return Err(Problem::new(
            "already-decided",
            "",
            both!("this is ruled already, by decision {numbers}", "esto ya está decidido, por la decisión {numbers}"),
            Both::new("`atalaya link decisions` lists them", "`atalaya link decisions` las lista"),
        ));
    }
    log(observatory, caller, &why, bodies)
}

/// Undoes a link decision.
///
/// # Errors
/// `why-needed`, `no-link-decision`, `already-undone`, `busy`, `store`.
pub fn undo(observatory: &mut Observatory, caller: &Caller<'_>, decision: i64, why: Option<&str>) -> Result<Decision, Problem> {
    let why = reason(why)?;
    let _lock = observatory.lock()?;
    let links = observatory.links()?;
    let Some(found) = links.decisions.iter().find(|d| d.id == decision) else {
        return Err(Problem::new(
            "no-link-decision",
            decision.to_string(),
            Both::new("no link decision has this number", "ninguna decisión de vinculación tiene este número"),
            Both::new("`atalaya link decisions` lists them", "`atalaya link decisions` las lista"),
        ));
    };
    if let Some(by) = found.undone_by {
        return Err(Problem::new(
            "already-undone",
            decision.to_string(),
            both!("decision {by} has undone it", "la decisión {by} ya la deshizo"),
            Both::new("to rule so again, accept or reject again", "para decidir lo mismo, acepte o rechace de nuevo"),
        ));
    }
    log(observatory, caller, &why, vec![DecisionBody::Undo { decision }])?
        .pop()
        .ok_or_else(|| Problem::new("store", decision.to_string(), Both::new("nothing was logged", "no se registró nada"), Both::default()))
}

fn log(observatory: &mut Observatory, caller: &Caller<'_>, why: &str, bodies: Vec<DecisionBody>) -> Result<Vec<Decision>, Problem> {
    let new =
        |body| NewDecision { decided_at: caller.now.clone(), who: caller.who.clone(), why: why.to_string(), source: String::new(), body };
    observatory.store_mut().decide_all(bodies.into_iter().map(new).collect())
}

fn reason(why: Option<&str>) -> Result<String, Problem> {
    why.map(str::trim).filter(|w| !w.is_empty()).map(str::to_string).ok_or_else(|| {
        Problem::new(
            "why-needed",
            "--why",
            Both::new("a decision without a reason", "una decisión sin motivo"),
            Both::new("say why in one sentence: --why '...'", "diga por qué en una oración: --why '...'"),
        )
    })
}

fn list(numbers: &BTreeSet<i64>) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// The rulings that stand, and those about to.
struct Standing {
    sets: Sets,
    /// Pairs ruled the same, with the decision; 0 is the one about to be made.
    same: BTreeMap<(u32, u32), i64>,
    apart: BTreeMap<(u32, u32), i64>,
    /// Decisions that ruled already what was asked for.
    known: BTreeSet<i64>,
}

impl Standing {
    fn of(events: &Events) -> Standing {
        let mut sets = Sets::default();
        events.same.iter().for_each(|(a, b, _)| sets.join(*a, *b));
        let map = |list: &[(u32, u32, i64)]| list.iter().map(|(a, b, decision)| ((*a, *b), *decision)).collect();
        Standing { sets, same: map(&events.same), apart: map(&events.apart), known: BTreeSet::new() }
    }

    /// Adds a wish; what of it is new.
    fn take(&mut self, eye: &Eye, wish: &Wish) -> Result<Vec<[u32; 2]>, Problem> {
        let mut fresh = Vec::new();
        for pair in &wish.pairs {
            let (a, b) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
            if a == b {
                continue;
            }
            of_one_kind(eye, a, b)?;
            let list = if wish.ruling == Ruling::Same { &mut self.same } else { &mut self.apart };
            if let Some(decision) = list.get(&(a, b)) {
                self.known.insert(*decision);
                continue;
            }
            list.insert((a, b), 0);
            if wish.ruling == Ruling::Same {
                self.sets.join(a, b);
            }
            fresh.push([a, b]);
        }
        let broken = self.apart.iter().find(|((a, b), _)| self.sets.together(*a, *b)).map(|(pair, decision)| (*pair, *decision));
        match broken {
            Some((pair, decision)) => Err(self.contradiction(eye, pair, decision)),
            None => Ok(fresh),
        }
    }

    /// Two records ruled apart that other rulings make one event: which rulings, by number.
    fn contradiction(&self, eye: &Eye, (a, b): (u32, u32), apart: i64) -> Problem {
        let mut numbers = self.between(a, b);
        numbers.insert(apart);
        numbers.remove(&0);
        let (one, two, numbers) = (place(eye, a), place(eye, b), list(&numbers));
        Problem::new(
            "link-contradiction",
            format!("{one}, {two}"),
            both!(
                "these two records would be one event and two events at once: this ruling against decision {numbers}",
                "estos dos registros serían un hecho y dos hechos a la vez: esta decisión contra la decisión {numbers}"
            ),
            Both::new(
                "undo the one that is wrong first: atalaya link undo N --why '...'",
                "primero deshaga la que esté equivocada: atalaya link undo N --why '...'",
            ),
        )
        .exits(Exit::Refused)
    }

    /// The decisions along a shortest chain of rulings from one row to another.
    fn between(&self, from: u32, to: u32) -> BTreeSet<i64> {
        let mut next: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
        for ((a, b), decision) in &self.same {
            next.entry(*a).or_default().push((*b, *decision));
            next.entry(*b).or_default().push((*a, *decision));
        }
        let mut came: BTreeMap<u32, (u32, i64)> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front().filter(|at| *at != to) {
            for (row, decision) in next.get(&at).into_iter().flatten() {
                if *row != from && !came.contains_key(row) {
                    came.insert(*row, (at, *decision));
                    queue.push_back(*row);
                }
            }
        }
        let (mut at, mut numbers) = (to, BTreeSet::new());
        while let Some((before, decision)) = came.get(&at).filter(|_| at != from) {
            numbers.insert(*decision);
            at = *before;
        }
        numbers
    }
}

/// A record as a person finds it: source and row.
fn place(eye: &Eye, row: u32) -> String {
    let source = eye.cube.column("source").map_or("", |c| eye.cube.text(row as usize, c));
    format!("{source}:{}", find::key_of(eye, row).ordinal)
}

/// A purchase is not a seizure.
fn of_one_kind(eye: &Eye, a: u32, b: u32) -> Result<(), Problem> {
    let kind = |row: u32| {
        let intake = eye.cube.column("intake").map_or(0, |c| eye.cube.number(row as usize, c));
        eye.intakes.iter().find(|i| i.id == i64::from(intake)).map_or("", |i| i.kind.as_str())
    };
    if kind(a) == kind(b) {
        return Ok(());
    }
    let (one, two) = (place(eye, a), place(eye, b));
    Err(Problem::new(
        "link-kinds",
        format!("{one}, {two}"),
        Both::new("a seizure and a purchase are no one event", "una incautación y una compra no son un mismo hecho"),
        Both::new("link records of one kind", "enlace registros de una misma clase"),
    ))
}
