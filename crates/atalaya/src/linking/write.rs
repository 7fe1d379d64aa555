//! Pairs and clusters as csv files; pairs wait on disk when there are many.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use atalaya_kernel::Problem;
use atalaya_methods::link::tables::Scored;
use atalaya_methods::link::tables::table::ABSENT;

use super::files::Data;

/// Pairs held in memory before they go to disk.
const HELD: usize = 4_000_000;
/// Bytes of a pair on disk.
const PAIR: usize = 12;

/// Pairs on their way to a file, which cannot be written before the clusters are known.
pub(super) struct Spill<'s> {
    out: Option<&'s Path>,
    held: Vec<Scored>,
    file: Option<BufWriter<File>>,
    failed: Option<Problem>,
}

impl<'s> Spill<'s> {
    /// A spill beside the file that is to be written; without one nothing is kept.
    pub fn new(out: Option<&'s Path>) -> Spill<'s> {
        Spill { out, held: Vec::new(), file: None, failed: None }
    }

    /// Takes pairs; a disk that is full is told at the end.
    pub fn push(&mut self, pairs: &[Scored]) {
        let Some(out) = self.out.filter(|_| self.failed.is_none()) else { return };
        self.held.extend_from_slice(pairs);
        if self.held.len() >= HELD
            && let Err(e) = self.flush(out)
        {
            self.failed = Some(Problem::io(part(out).display().to_string(), &e));
        }
    }

    fn flush(&mut self, out: &Path) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(File::create(part(out))?)),
        };
        for pair in self.held.drain(..) {
            file.write_all(&pair.a.to_le_bytes())?;
            file.write_all(&pair.b.to_le_bytes())?;
            file.write_all(&pair.bits.to_le_bytes())?;
        }
        Ok(())
    }

    /// The pairs in the order in which they came.
    pub fn pairs(mut self) -> Result<Box<dyn Iterator<Item = Scored> + 's>, Problem> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let (Some(mut file), Some(out)) = (self.file.take(), self.out) else { return Ok(Box::new(self.held.into_iter())) };
        let path = part(out);
        let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
        file.flush().map_err(failed)?;
        let spilled = Spilled { reader: BufReader::new(File::open(&path).map_err(failed)?), path: path.clone() };
        Ok(Box::new(spilled.chain(self.held)))
    }
}

/// Where pairs wait: beside the file they go to.
fn part(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Pairs read back; their file goes when they are read.
struct Spilled {
    reader: BufReader<File>,
    path: PathBuf,
}

impl Iterator for Spilled {
    type Item = Scored;

    fn next(&mut self) -> Option<Scored> {
        let mut bytes = [0u8; PAIR];
        self.reader.read_exact(&mut bytes).ok()?;
        let word = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        Some(Scored { a: u32::from_le_bytes(word(0)), b: u32::from_le_bytes(word(4)), bits: f32::from_le_bytes(word(8)) })
    }
}

impl Drop for Spilled {
    fn drop(&mut self) {
        // A part that stays behind is no harm: the next linkage writes over it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Writes the pairs: rows from 1 in their own table, ids, probability, bits, whether linked, cluster.
pub(super) fn write_pairs(
    path: &Path,
    data: &Data,
    pairs: impl Iterator<Item = (Scored, f64)>,
    linked: &dyn Fn(&Scored, f64) -> bool,
    label: &[u32],
) -> Result<(), Problem> {
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    let ids = if data.ids.is_some() { "id_a,id_b," } else { "" };
    writeln!(out, "row_a,row_b,{ids}probability,bits,linked,cluster").map_err(failed)?;
    for (pair, p) in pairs {
        let yes = if linked(&pair, p) { "yes" } else { "no" };
        let cluster =
            if label[pair.a as usize] == label[pair.b as usize] { (label[pair.a as usize] + 1).to_string() } else { String::new() };
        write!(out, "{},{},", row(data, pair.a), row(data, pair.b)).map_err(failed)?;
        if data.ids.is_some() {
            write!(out, "{},{},", id(data, pair.a), id(data, pair.b)).map_err(failed)?;
        }
        writeln!(out, "{p:.6},{:.3},{yes},{cluster}", pair.bits).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

/// Writes the cluster of each row: table, row from 1, id, the cluster's first row in the stack.
pub(super) fn write_clusters(path: &Path, data: &Data, label: &[u32]) -> Result<(), Problem> {
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    writeln!(out, "table,row,{}cluster", if data.ids.is_some() { "id," } else { "" }).map_err(failed)?;
    for (at, label) in label.iter().enumerate() {
        let table = 1 + usize::from(data.table.split.is_some_and(|s| at >= s));
        write!(out, "{table},{},", row(data, at as u32)).map_err(failed)?;
        if data.ids.is_some() {
            write!(out, "{},", id(data, at as u32)).map_err(failed)?;
        }
        writeln!(out, "{}", label + 1).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

/// The row in its own table, from 1.
fn row(data: &Data, at: u32) -> usize {
    let at = at as usize;
    1 + data.table.split.filter(|s| at >= *s).map_or(at, |s| at - s)
}

/// A record's id as a csv cell.
fn id(data: &Data, at: u32) -> String {
    let Some(ids) = &data.ids else { return String::new() };
    let code = ids.codes[at as usize];
    let text = if code == ABSENT { "" } else { ids.texts.get(code) };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
