//! What repeated looking costs: the interval of a look, given the looks before it.

use atalaya_kernel::{Both, Problem};
use atalaya_methods::assess::confidence_sequence::{Sequence, information_ahead};
use atalaya_methods::assess::group_sequential::{Planned, Shape, boundaries};
use atalaya_methods::assess::{AssessError, Look};

use super::log::Assessment;
use crate::evaluate::design::Looks;
use crate::evaluate::finding::{Effect, Verdict};

/// Periods after the start beyond which nobody plans to be tightest.
const AHEAD: usize = 10;

/// What a look may say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paid {
    /// The look, from 1.
    pub look: u32,
    /// The information planned for.
    pub planned: Option<f64>,
    /// The interval that pays for the looks before.
    pub interval: Option<[f64; 2]>,
    /// The verdict that stands, where all planned looks are done.
    pub stands: Option<Verdict>,
}

/// The interval of a look at `effect`, after the runs of the same text in `before`.
///
/// # Errors
/// `looks` with what the method refuses.
pub(crate) fn paid(looks: &Looks, before: &[&Assessment], effect: &Effect) -> Result<Paid, Problem> {
    let last = before.iter().rev().find(|a| a.effect.is_some());
    let again = last.is_some_and(|a| a.effect.as_ref().is_some_and(|e| same(e, effect)));
    let seen = before.iter().map(|a| a.look).max().unwrap_or(0);
    let look = if again { seen } else { seen + 1 };
    let Some(interval) = effect.interval else { return Ok(Paid { look, planned: None, interval: None, stands: None }) };
    let this = Look::of_interval(effect.estimate, effect.se, interval, effect.level).map_err(|e| refused(&e))?;
    let most = match looks {
        Looks::Anytime => None,
        Looks::Once => Some(1),
        Looks::Spending { most } => Some(*most),
    };
    if most.is_some_and(|most| look > most) {
        return Ok(Paid { look, planned: None, interval: last.and_then(|a| a.effect.as_ref()?.anytime), stands: last.map(|a| a.verdict) });
    }
    let first = before.iter().find_map(|a| a.planned);
    let (planned, interval) = match looks {
        // One look has nothing to pay for: the method's own interval decides.
        Looks::Once => (None, None),
        Looks::Anytime => {
            let planned = first.unwrap_or_else(|| ahead(&this, effect));
            let sequence = Sequence::planned(effect.level, planned).map_err(|e| refused(&e))?;
            (Some(planned), Some(sequence.interval(&this).map_err(|e| refused(&e))?))
        }
        Looks::Spending { most } => (None, Some(spent(*most, before, look, &this, effect.level)?)),
    };
    Ok(Paid { look, planned, interval, stands: None })
}

/// The information to plan for: that of as many periods after the start as lie before it, ten at most.
fn ahead(look: &Look, effect: &Effect) -> f64 {
    let (before, after) = (effect.size.before.max(1), effect.size.periods.saturating_sub(effect.size.before).max(1));
    information_ahead(look.information(), before, after, before.min(AHEAD).max(after))
}

/// The interval at a look of a plan, the error spent evenly along the looks as O'Brien and Fleming do.
fn spent(most: u32, before: &[&Assessment], look: u32, this: &Look, level: f64) -> Result<[f64; 2], Problem> {
    let mut plan: Vec<Planned> = Vec::new();
    for run in before.iter().filter(|a| a.look < look) {
        let Some(effect) = &run.effect else { continue };
        let Some(interval) = effect.interval else { continue };
        let earlier = Look::of_interval(effect.estimate, effect.se, interval, effect.level).map_err(|e| refused(&e))?;
        let planned = Planned { information: earlier.information(), share: f64::from(run.look) / f64::from(most) };
        if plan.last().is_none_or(|p| planned.share > p.share) {
            plan.push(planned);
        }
    }
    plan.push(Planned { information: this.information(), share: f64::from(look) / f64::from(most) });
    let bounds = boundaries(Shape::OBrienFleming, level, &plan).map_err(|e| refused(&e))?;
    Ok(this.interval(bounds.last().copied().unwrap_or(f64::INFINITY)))
}

/// Whether a run found what another had found.
pub(crate) fn same(a: &Effect, b: &Effect) -> bool {
    a.estimate == b.estimate && a.se == b.se && a.interval == b.interval && a.size == b.size
}

fn refused(error: &AssessError) -> Problem {
    let text = error.to_string();
    Problem::new(
        "looks",
        "[method.looks]",
        Both::new(format!("this look cannot be counted: {text}"), format!("esta revisión no se puede contar: {text}")),
        Both::new("see docs/assessing.md", "vea docs/assessing.md"),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::evaluate::design::Better;
    use crate::evaluate::finding::Size;

    /// An effect of so many standard errors of 1.
    pub fn effect(estimate: f64, periods: usize) -> Effect {
        Effect {
            estimate,
            se: Some(1.0),
            interval: Some([estimate - 1.959_963_985, estimate + 1.959_963_985]),
            anytime: None,
            p: None,
            level: 95.0,
            relative: None,
            better: Better::Lower,
            smallest: 0.5,
            size: Size { units: 20, treated: 5, periods, before: 5, rows: 20 * periods },
        }
    }

    fn line(paid: &Paid, effect: &Effect, verdict: Verdict) -> Assessment {
        Assessment {
            run: 1,
            look: paid.look,
            when: "2026-01-01T00:00:00Z".into(),
            data: String::new(),
            as_of: None,
            hash: String::new(),
            version: String::new(),
            last_period: None,
            planned: paid.planned,
            effect: Some(Effect { anytime: paid.interval, ..effect.clone() }),
            verdict,
            naive: verdict,
            says: Vec::new(),
            problem: None,
            flip: None,
            label: None,
        }
    }

    #[test]
    fn each_way_of_paying_widens_as_it_should() {
        let first = effect(-2.2, 6);
        let once = paid(&Looks::Once, &[], &first).unwrap();
        assert_eq!((once.look, once.interval), (1, None), "its own interval is enough");
        let anytime = paid(&Looks::Anytime, &[], &first).unwrap();
        // One period after five before; planned for five: (1/5 + 1) / (1/5 + 1/5) = 3 times the information.
        assert!((anytime.planned.unwrap() - 3.0).abs() < 1e-6, "{anytime:?}");
        assert!(anytime.interval.unwrap()[1] > 0.0);
        // Lan and DeMets, five looks: 4.877 at the first, 3.357 at the second.
        let spending = paid(&Looks::Spending { most: 5 }, &[], &first).unwrap();
        assert!((spending.interval.unwrap()[1] - (-2.2 + 4.877)).abs() < 1e-3);
        let run = line(&anytime, &first, Verdict::CannotTell);
        let next = paid(&Looks::Anytime, &[&run], &effect(-2.3, 7)).unwrap();
        assert_eq!((next.look, next.planned), (2, anytime.planned), "the plan is fixed at the first look");
    }

    #[test]
    fn the_same_numbers_are_no_new_look() {
        let first = effect(-2.2, 6);
        let run = line(&paid(&Looks::Anytime, &[], &first).unwrap(), &first, Verdict::CannotTell);
        assert_eq!(paid(&Looks::Anytime, &[&run], &first).unwrap().look, 1);
    }

    #[test]
    fn after_the_last_planned_look_the_verdict_stands() {
        let first = effect(-4.0, 6);
        let run = line(&paid(&Looks::Once, &[], &first).unwrap(), &first, Verdict::Improved);
        let late = paid(&Looks::Once, &[&run], &effect(0.0, 7)).unwrap();
        assert_eq!((late.look, late.stands), (2, Some(Verdict::Improved)));
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let odd = Effect { interval: Some([f64::NAN, f64::NAN]), se: None, ..effect(0.0, 6) };
        assert_eq!(paid(&Looks::Anytime, &[], &odd).unwrap_err().id, "looks");
        assert_eq!(paid(&Looks::Spending { most: 1000 }, &[], &effect(0.0, 6)).unwrap().look, 1);
    }
}
