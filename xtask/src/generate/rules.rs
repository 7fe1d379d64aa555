//! docs/rules.md: every rule a row can meet, in both languages.

use atalaya_kernel::rule::RULES;
use atalaya_kernel::{Action, Rule};

const HEAD: &str = "\
# Rules

<!-- Written by `cargo xtask gen` from crates/atalaya-kernel/src/rule.rs. Do not edit. -->

What a row can meet on its way in. A rule never rescales and never drops. It *holds* a row until
a person decides, *rejects* it with a reason that is kept, or *flags* it: accepted, with a mark
that travels along. `atalaya held SOURCE` lists the rows held and rejected.

*Lo que una fila puede encontrar al entrar. Una regla nunca reescala ni descarta: **retiene** la
fila hasta que una persona decida, la **rechaza** con un motivo que se conserva, o la **marca**:
aceptada, con una señal que la acompaña.*
";

pub fn page() -> String {
    let mut out = HEAD.to_string();
    for (action, en, es) in
        [(Action::Hold, "Held", "Retenida"), (Action::Reject, "Rejected", "Rechazada"), (Action::Flag, "Flagged", "Marcada")]
    {
        out += &format!(
            "\n## {en} · {es}\n\n| Rule · Regla | What was found | What to do | Qué se halló | Qué hacer |\n|---|---|---|---|---|\n"
        );
        out.extend(RULES.iter().filter(|rule| rule.action == action).map(row));
    }
    out
}

fn row(rule: &Rule) -> String {
    let [found, hallado] = rule.title.map(cell);
    let [todo, hacer] = rule.todo.map(cell);
    format!("| `{}` | {found} | {todo} | {hallado} | {hacer} |\n", rule.id)
}

/// A text that cannot end its table cell or open a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_on_the_page_once() {
        let page = page();
        for rule in RULES {
            assert_eq!(page.matches(&format!("| `{}` |", rule.id)).count(), 1, "{}", rule.id);
        }
    }

    #[test]
    fn a_text_stays_in_its_cell() {
        assert_eq!(cell("a | b\n<c"), "a \\| b &lt;c");
    }
}
