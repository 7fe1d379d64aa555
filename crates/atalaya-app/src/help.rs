//! The help, in the language of the machine.

use atalaya_kernel::Lang;
use clap::CommandFactory;

use crate::args::Args;

/// Spanish for every line of help: what the English says, then the Spanish.
const SPANISH: &str = include_str!("help.es.tsv");

/// The language asked for: `--lang`, `ATALAYA_LANG`, else the machine's.
pub fn language() -> Lang {
    let mut words = std::env::args().skip_while(|a| a != "--lang" && !a.starts_with("--lang="));
    let flag = words.next().and_then(|a| a.strip_prefix("--lang=").map(str::to_string).or_else(|| words.next()));
    let from = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let tag = flag.or_else(|| from("ATALAYA_LANG")).or_else(|| from("LC_ALL")).or_else(|| from("LC_MESSAGES")).or_else(|| from("LANG"));
    tag.map_or(Lang::En, |t| Lang::from_tag(&t))
}

/// The command line, its help in `lang`.
pub fn command(lang: Lang) -> clap::Command {
    let command = Args::command();
    if lang == Lang::En { command } else { translate(command) }
}

fn translate(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_string()).collect();
    let ids: Vec<clap::Id> = command.get_arguments().map(|a| a.get_id().clone()).collect();
    let about = command.get_about().and_then(|a| spanish(&a.to_string()));
    let long = command.get_long_about().and_then(|a| spanish(&a.to_string()));
    let mut command = command;
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    for id in ids {
        command = command.mut_arg(id, |arg| match arg.get_help().and_then(|h| spanish(&h.to_string())) {
            Some(text) => arg.help(text.clone()).long_help(text),
            None => arg,
        });
    }
    for name in names {
        command = command.mut_subcommand(name, translate);
    }
    command
}

fn spanish(english: &str) -> Option<String> {
    let flat = english.split_whitespace().collect::<Vec<_>>().join(" ");
    SPANISH.lines().filter_map(|l| l.split_once('\t')).find(|(en, _)| *en == flat).map(|(_, es)| es.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untranslated(command: &clap::Command, out: &mut Vec<String>) {
        let mut check = |text: Option<String>| {
            if let Some(text) = text.filter(|t| spanish(t).is_none()) {
                out.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        };
        check(command.get_about().map(ToString::to_string));
        check(command.get_long_about().map(ToString::to_string));
        command.get_arguments().for_each(|a| check(a.get_help().map(ToString::to_string)));
        command.get_subcommands().for_each(|c| untranslated(c, out));
    }

    #[test]
    fn every_line_of_help_exists_in_spanish() {
        let mut missing = Vec::new();
        untranslated(&Args::command(), &mut missing);
        assert!(missing.is_empty(), "help.es.tsv lacks:\n{}", missing.join("\n"));
    }
}
