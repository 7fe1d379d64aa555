//! The thread that writes to the store while the file is still being read.

use std::sync::mpsc::{Receiver, SyncSender};

use atalaya_kernel::record::{Batch, Terms};
use atalaya_kernel::{Both, Problem};
use atalaya_sources::map::{MemberRead, Slice};
use atalaya_store::{Intake, IntakeFile, NewIntake, Store};

/// What the reader tells the writer.
pub(crate) enum Command {
    /// A vintage begins.
    Begin(Box<NewIntake>),
    /// A piece of it.
    Batch(Batch),
    /// It is complete.
    End(Vec<IntakeFile>, Vec<Both>),
}

/// Writes until the reader hangs up. An intake that was begun and not ended leaves no trace.
pub(crate) fn write(store: &mut Store, commands: &Receiver<Command>, terms: &SyncSender<Terms>) -> Result<Vec<Intake>, Problem> {
    let mut written = Vec::new();
    while let Ok(Command::Begin(new)) = commands.recv() {
        let (mut writer, words) = store.begin_intake(*new)?;
        if terms.send(words).is_err() {
            return Ok(written);
        }
        loop {
            match commands.recv() {
                Ok(Command::Batch(batch)) => writer.write(&batch)?,
                Ok(Command::End(files, notices)) => {
                    written.push(writer.finish(files, notices)?);
                    break;
                }
                Ok(Command::Begin(_)) | Err(_) => return Ok(written),
            }
        }
    }
    Ok(written)
}

/// The reader's end.
pub(crate) struct Reader<'a> {
    pub(crate) commands: SyncSender<Command>,
    pub(crate) terms: Receiver<Terms>,
    /// The intake a vintage of this name becomes; `None` if it is known already.
    pub(crate) plan: &'a dyn Fn(Option<&str>) -> NewIntake,
    pub(crate) sha256: String,
    pub(crate) name: String,
}

/// The writer ended first: its own error tells why.
pub(crate) fn writer_gone() -> Problem {
    Problem::new("writer", "", Both::default(), Both::default())
}

impl Reader<'_> {
    fn send(&self, command: Command) -> Result<(), Problem> {
        self.commands.send(command).map_err(|_| writer_gone())
    }
}

impl Slice for Reader<'_> {
    fn begin(&mut self, vintage: Option<&str>) -> Result<Terms, Problem> {
        self.send(Command::Begin(Box::new((self.plan)(vintage))))?;
        self.terms.recv().map_err(|_| writer_gone())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), Problem> {
        self.send(Command::Batch(batch))
    }

    fn end(&mut self, members: Vec<MemberRead>, notices: Vec<Both>) -> Result<(), Problem> {
        let files = members
            .into_iter()
            .map(|m| IntakeFile { sha256: self.sha256.clone(), name: self.name.clone(), member: m.name, layout: m.layout, rows: m.rows })
            .collect();
        self.send(Command::End(files, notices))
    }
}
