//! From what was typed to what is printed.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atalaya::evaluate::Fit;
use atalaya::linking::{LinkTables, link_tables};
use atalaya::verbs::{Assess, DrawnFile, Export, Geometry, LinkPairs, LinkSummary, Say, draft, explain, rebuild};
use atalaya::{Caller, Observatory, Verb};
use atalaya_kernel::{Both, Lang, Problem, both};
use clap::FromArgMatches;

use crate::args::{
    Args, AssessCommand, Command, EvaluateCommand, GeometryCommand, LinkCommand, PublishCommand, RecipeCommand, ReconcileCommand,
    RoutesCommand,
};
use crate::progress::Watcher;
use crate::{account, clock, help, serve};

/// What a command leaves to print.
pub struct Printed {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: serde_json::Value,
    /// Whether the answer is "no".
    pub no: bool,
    /// A file to pass on as it is, instead of the text.
    pub bytes: Option<Vec<u8>>,
}

impl Printed {
    fn of<T: Say + serde::Serialize>(outcome: &T, lang: Lang) -> Printed {
        Printed { text: outcome.say(lang), json: serde_json::to_value(outcome).unwrap_or_default(), no: outcome.is_no(), bytes: None }
    }

    fn text(text: String) -> Printed {
        Printed { json: serde_json::json!({ "text": text }), text, no: false, bytes: None }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let lang = help::language();
    let matches = help::command(lang).get_matches();
    let args = match Args::from_arg_matches(&matches) {
        Ok(args) => args,
        Err(e) => e.exit(),
    };
    let lang = args.lang.as_deref().map_or(lang, Lang::from_tag);
    match run(&args, lang) {
        Ok(printed) => {
            let text = if args.json { format!("{}\n", printed.json) } else { printed.text };
            let bytes = printed.bytes.filter(|_| !args.json).unwrap_or_else(|| text.into_bytes());
            // A closed pipe (`| head`) is not an error of ours.
            let _ = std::io::stdout().write_all(&bytes);
            ExitCode::from(u8::from(printed.no))
        }
        Err(problem) => {
            if args.json {
                let _ = writeln!(std::io::stdout(), "{}", serde_json::json!({ "problem": problem }));
            }
            let _ = writeln!(std::io::stderr(), "error: {}", problem.say(lang));
            ExitCode::from(problem.exit.code())
        }
    }
}

/// Estimates, and writes the answer as a table where one is asked for.
fn fitted(request: &Fit, lang: Lang) -> Result<Printed, Problem> {
    let answer = atalaya::evaluate::fit(request)?;
    if let Some(out) = &request.out {
        atalaya::evaluate::write(&answer, out, lang)?;
    }
    Ok(Printed::of(&answer, lang))
}

fn run(args: &Args, lang: Lang) -> Result<Printed, Problem> {
    let mut watcher = Watcher::new(args.quiet || args.json);
    let pace = clock::Ticking::new();
    let mut caller = Caller { now: clock::now(), who: args.who.clone(), lang, progress: &mut watcher, pace: &pace };
    let open = || Observatory::find(args.dir.as_deref().unwrap_or(Path::new(".")));
    match &args.command {
        Command::Init { name } => init(name, lang),
        Command::Collect(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Status(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Held(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Diff(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Records(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Table(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Reconcile { verb, what: None } => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Reconcile { what: Some(what), .. } => reconcile(what, &mut open()?, &mut caller, lang),
        Command::Changes(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Key(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Figure(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Verify(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Export(verb) => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Link { what: Some(what), .. } => link(what, &mut open()?, &mut caller),
        Command::Link { tables, what: None } if *tables == LinkTables::default() => {
            LinkSummary::default().run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang))
        }
        Command::Link { tables, what: None } => link_tables(tables, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Evaluate { what: EvaluateCommand::Fit(request) } => fitted(request, lang),
        Command::Assess { verb, what } => assess(verb, what.as_ref(), &mut open()?, &mut caller),
        Command::Evaluate { what: EvaluateCommand::Verify { folder } } => {
            atalaya::evaluate::verify_folder(folder, &mut caller).map(|o| Printed::of(&o, lang))
        }
        Command::Evaluate { what: EvaluateCommand::Draw(verb) } => {
            verb.run(&mut open()?, &mut caller).and_then(|o| chart(Printed::of(&o, lang), o.file, args.json))
        }
        Command::Evaluate { what } => evaluate(what, &mut open()?, &mut caller),
        Command::Geometry { what: None } => Geometry::default().run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Geometry { what: Some(GeometryCommand::Add(verb)) } => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Chart(verb) => verb.run(&mut open()?, &mut caller).and_then(|o| chart(Printed::of(&o, lang), o.file, args.json)),
        Command::Query { sql: Some(sql), .. } => atalaya::verbs::sql(&open()?, sql).map(|o| Printed::of(&o, lang)),
        Command::Query { ask, out: Some(out), .. } => {
            Export::of_query(ask.clone(), out.clone()).run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang))
        }
        Command::Query { ask, .. } => ask.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Publish { what: PublishCommand::Bulletin(verb) } => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Publish { what: PublishCommand::Site(verb) } => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Publish { what: PublishCommand::Tables(verb) } => verb.run(&mut open()?, &mut caller).map(|o| Printed::of(&o, lang)),
        Command::Methods { of } => atalaya::verbs::methods(of.as_deref()).map(|o| Printed::of(&o, lang)),
        // Masses that are typed need no observatory.
        Command::Routes { what: RoutesCommand::Rate(verb) } if verb.is_typed() => verb.typed().map(|o| Printed::of(&o, lang)),
        Command::Routes { what } => routes(what, &mut open()?, &mut caller, args.json),
        Command::Rebuild => {
            let root = observatory_root(args)?;
            rebuild(&root, &mut caller).map(|o| Printed::of(&o, lang))
        }
        Command::Recipe { what } => recipe(what, args, lang),
        Command::Serve(options) => serve::serve(open()?, options, lang).map(Printed::text),
        Command::Account { what } => {
            let (text, json) = account::command::run(what, open()?.root(), &caller.now, lang)?;
            Ok(Printed { text, json, bytes: None, no: false })
        }
        Command::Demo { data, port, no_open, no_serve } => {
            let observatory = demo(args, data.as_deref(), &mut caller)?;
            if *no_serve {
                return Ok(Printed::text(format!("{}\n", observatory.root().display())));
            }
            serve::serve(observatory, &serve::Options::local(*port, !no_open), lang).map(Printed::text)
        }
    }
}

fn link(what: &LinkCommand, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Printed, Problem> {
    let lang = caller.lang;
    match what {
        LinkCommand::Pairs(verb) if verb.format.is_some() || verb.out.is_some() => pairs_file(verb, observatory, caller),
        LinkCommand::Pairs(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Show(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Accept(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Reject(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Undo(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Events(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        LinkCommand::Decisions(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
    }
}

/// Assessments: a run, or how things stand, what turned, what is due, a compact's page.
fn assess(verb: &Assess, what: Option<&AssessCommand>, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Printed, Problem> {
    let lang = caller.lang;
    match what {
        None => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        Some(AssessCommand::List(verb)) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        Some(AssessCommand::Log(verb)) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        Some(AssessCommand::Alerts(verb)) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        Some(AssessCommand::Digest(verb)) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        Some(AssessCommand::Compact(verb)) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
    }
}

/// What needs an observatory; estimates on a file do not.
fn evaluate(what: &EvaluateCommand, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Printed, Problem> {
    let lang = caller.lang;
    match what {
        EvaluateCommand::Fit(request) => fitted(request, lang),
        EvaluateCommand::Design(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Register(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Run(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::List(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Show(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Draw(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Appendix(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Folder(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        EvaluateCommand::Verify { folder } => atalaya::evaluate::verify_folder(folder, caller).map(|o| Printed::of(&o, lang)),
    }
}

/// Pairs as a file: passed on as it is, or written with a line about it.
fn pairs_file(verb: &LinkPairs, observatory: &Observatory, caller: &mut Caller<'_>) -> Result<Printed, Problem> {
    let lang = caller.lang;
    let file = verb.file(observatory, caller)?;
    let Some(path) = &verb.out else {
        return Ok(Printed { text: String::new(), json: serde_json::json!({ "pairs": file.pairs }), no: false, bytes: Some(file.bytes) });
    };
    let place = path.display().to_string();
    std::fs::write(path, &file.bytes).map_err(|e| Problem::io(&place, &e))?;
    let n = file.pairs;
    let said = both!("{n} pairs written to {place}\n", "{n} pares escritos en {place}\n");
    Ok(Printed { text: said.in_lang(lang).into(), json: serde_json::json!({ "pairs": n, "file": place }), no: false, bytes: None })
}

/// A ruling, its undoing, or the account of a country.
fn reconcile(what: &ReconcileCommand, observatory: &mut Observatory, caller: &mut Caller<'_>, lang: Lang) -> Result<Printed, Problem> {
    match what {
        ReconcileCommand::Rule(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        ReconcileCommand::Undo(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        ReconcileCommand::Account(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
    }
}

/// What is asked about routes.
fn routes(what: &RoutesCommand, observatory: &mut Observatory, caller: &mut Caller<'_>, json: bool) -> Result<Printed, Problem> {
    let lang = caller.lang;
    match what {
        RoutesCommand::Network(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Flows(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Atlas(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Records(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Measures(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Change(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Seizures(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Rate(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Validate(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Country(verb) => verb.run(observatory, caller).map(|o| Printed::of(&o, lang)),
        RoutesCommand::Draw(verb) => verb.run(observatory, caller).and_then(|o| chart(Printed::of(&o, lang), o.file, json)),
    }
}

/// A chart: its file as it is where it goes on, or a line about the file written.
fn chart(mut printed: Printed, file: Option<DrawnFile>, json: bool) -> Result<Printed, Problem> {
    let Some(file) = file.filter(|f| f.written.is_none() && !f.is_text()) else { return Ok(printed) };
    if std::io::stdout().is_terminal() && !json {
        let name = file.name;
        return Err(Problem::new(
            "binary-to-terminal",
            "--format png",
            Both::new("a picture would fill the terminal with noise", "una imagen llenaría la terminal de ruido"),
            both!("write it to a file: -o {name}, or > {name}", "escríbala en un archivo: -o {name}, o > {name}"),
        ));
    }
    printed.bytes = Some(file.bytes);
    Ok(printed)
}

/// The folder of the observatory, which may have no store: `rebuild` makes it.
fn observatory_root(args: &Args) -> Result<PathBuf, Problem> {
    let start = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let start = start.canonicalize().map_err(|e| Problem::io(start.display().to_string(), &e))?;
    Ok(start.ancestors().find(|p| p.join(atalaya::observatory::CONFIG).is_file()).map_or(start.clone(), Path::to_path_buf))
}

fn init(name: &Path, lang: Lang) -> Result<Printed, Problem> {
    let title = name.file_name().map_or_else(|| "atalaya".to_string(), |n| n.to_string_lossy().into_owned());
    Observatory::create(name, &title)?;
    let place = name.display();
    let said = both!(
        "{place} is an observatory. Next:\n  cd {place}\n  atalaya collect SOURCE --from PATH     (sources: unodc-ids, simci-coca, devida-coca ...)\n  atalaya recipe draft FILE              (for a spreadsheet of your own)\n",
        "{place} es un observatorio. Ahora:\n  cd {place}\n  atalaya collect FUENTE --from RUTA     (fuentes: unodc-ids, simci-coca, devida-coca ...)\n  atalaya recipe draft ARCHIVO           (para una hoja de cálculo propia)\n"
    );
    Ok(Printed { text: said.in_lang(lang).into(), json: serde_json::json!({ "observatory": title, "root": name }), no: false, bytes: None })
}

fn recipe(what: &RecipeCommand, args: &Args, lang: Lang) -> Result<Printed, Problem> {
    let here = || Observatory::find(args.dir.as_deref().unwrap_or(Path::new(".")));
    match what {
        RecipeCommand::Explain => Ok(Printed::text(explain(lang))),
        RecipeCommand::Show { source } => {
            let text = match here() {
                Ok(observatory) => observatory.source(source)?.text,
                Err(problem) => atalaya::source::builtin_text(source).ok_or(problem)?,
            };
            Ok(Printed::text(text))
        }
        RecipeCommand::Draft { file, id, print } => {
            let observatory = if *print { None } else { here().ok() };
            draft(observatory.as_ref(), file, id.as_deref()).map(|o| Printed::of(&o, lang))
        }
    }
}

/// Makes the demo observatory, or opens the one that is there.
fn demo(args: &Args, data: Option<&Path>, caller: &mut Caller<'_>) -> Result<Observatory, Problem> {
    let root = match &args.dir {
        Some(dir) => dir.clone(),
        None => std::env::temp_dir().join(format!("atalaya-demo-{}", std::process::id())),
    };
    if root.join(atalaya::observatory::CONFIG).is_file() {
        return Observatory::open(&root);
    }
    let place = root.display();
    let said = both!("making the demo observatory in {place}", "creando el observatorio de demostración en {place}");
    let _ = writeln!(std::io::stderr(), "{}", said.in_lang(caller.lang));
    atalaya::demo::make(&root, data, caller)
}
