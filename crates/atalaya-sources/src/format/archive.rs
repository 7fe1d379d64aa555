//! Packed files: listed and read in memory or streamed, never unpacked to disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};
use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::directory;
use super::fault::{Fault, reading};
use super::{FREE_BYTES, MAX_BYTES, MAX_ENTRIES, MAX_RATIO, refused};

/// How a member's bytes lie in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Stored(Extent),
    Deflated(Extent),
}

/// Where a member's bytes lie, and what the archive says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
}

impl Packing {
    /// What comes out of `source`, under the caps.
    fn open<R: Read + Seek + 'static>(self, mut source: R, length: u64) -> io::Result<Box<dyn Read>> {
        let mut at = |extent: Extent| source.seek(SeekFrom::Start(extent.start));
        Ok(match self {
            Packing::Plain => Box::new(BufReader::with_capacity(1 << 17, source)),
            Packing::Gzip => Box::new(Capped::new(MultiGzDecoder::new(BufReader::new(source)), length, None)),
            Packing::Stored(extent) => {
                at(extent)?;
                Box::new(Capped::new(BufReader::new(source).take(extent.packed), extent.packed, Some(extent)))
            }
            Packing::Deflated(extent) => {
                at(extent)?;
                Box::new(Capped::new(DeflateDecoder::new(BufReader::new(source).take(extent.packed)), extent.packed, Some(extent)))
            }
        })
    }
}

/// One readable thing inside a file: the file itself, or a member of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    path: PathBuf,
    /// The file's name, for messages.
    pub file: String,
    /// The member's name; empty for a plain file.
    pub name: String,
    packing: Packing,
}

impl Member {
    /// `file` or `file › member`.
    pub fn place(&self) -> String {
        if self.name.is_empty() { self.file.clone() } else { format!("{} › {}", self.file, self.name) }
    }

    /// The name that tells the format.
    pub fn format_name(&self) -> &str {
        if self.name.is_empty() { &self.file } else { &self.name }
    }

    /// A fresh reader from the first byte, under the caps.
    ///
    /// # Errors
    /// `io`. Reading fails on a bomb or a member whose real size is not the declared one.
    pub fn open(&self) -> Result<Box<dyn Read>, Problem> {
        let failed = |e: io::Error| Problem::io(self.path.display().to_string(), &e);
        let file = File::open(&self.path).map_err(failed)?;
        let on_disk = file.metadata().map_err(failed)?.len();
        self.packing.open(file, on_disk).map_err(failed)
    }
}

/// A reader that counts what really comes out, and sums it up.
struct Capped<R> {
    inner: R,
    out: u64,
    limit: u64,
    declared: Option<Extent>,
    crc: Crc,
}

impl<R: Read> Capped<R> {
    fn new(inner: R, packed: u64, declared: Option<Extent>) -> Capped<R> {
        Capped { inner, out: 0, limit: MAX_BYTES.min((packed * MAX_RATIO).max(FREE_BYTES)), declared, crc: Crc::new() }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.out += n as u64;
        if self.out > self.limit {
            let found = both!(
                "grows past {MAX_RATIO} times its packed size: a decompression bomb",
                "crece más de {MAX_RATIO} veces su tamaño comprimido: una bomba de descompresión"
            );
            return Err(Fault::io("archive-bomb", None, found));
        }
        let Some(declared) = self.declared else { return Ok(n) };
        self.crc.update(&buffer[..n]);
        let (out, size) = (self.out, declared.size);
        let ended = n == 0 && !buffer.is_empty();
        if out > size || ended && out != size {
            let found = both!("holds {out} bytes or more where {size} are declared", "contiene {out} bytes o más donde se declaran {size}");
            return Err(Fault::io("archive-lies", None, found));
        }
        if ended && self.crc.sum() != declared.crc {
            let found =
                Both::new("does not have the checksum the archive declares", "no tiene la suma de verificación que el archivo declara");
            return Err(Fault::io("archive-lies", None, found));
        }
        Ok(n)
    }
}

/// What can be read inside the file at `path`; `name` is how messages call it.
///
/// # Errors
/// `archive-*` for anything unsafe in it, `io`.
pub fn members(path: &Path, name: &str) -> Result<Vec<Member>, Problem> {
    let failed = |e: io::Error| Problem::io(path.display().to_string(), &e);
    // A pipe would wait for ever, a device never end.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        let found = Both::new("is a folder or a device, not a file", "es una carpeta o un dispositivo, no un archivo");
        let mut problem = refused("not-a-file", name, found);
        problem.todo = Both::new("name a file in it", "nombre un archivo que esté en ella");
        return Err(problem);
    }
    let mut magic = [0; 4];
    let mut file = File::open(path).map_err(failed)?;
    let n = file.read(&mut magic).map_err(failed)?;
    let member = |packing, inner: &str| Member { path: path.to_path_buf(), file: name.into(), name: inner.into(), packing };
    if is_gzip(&magic[..n]) {
        let packed = member(Packing::Gzip, name.trim_end_matches(".gz"));
        let mut first = [0; 2];
        let begun = packed.open()?.read(&mut first).map_err(|e| reading(name, &e))?;
        return if is_gzip(&first[..begun]) || is_archive(&packed.name) { Err(nested(&packed.place())) } else { Ok(vec![packed]) };
    }
    if is_zip(&magic[..n]) {
        return zip_members(path, name);
    }
    for kind in [&b"\x7fELF"[..], b"MZ", b"%PDF", b"\xd0\xcf\x11\xe0"] {
        if magic[..n].starts_with(kind) {
            let what = String::from_utf8_lossy(kind).trim_matches(char::is_control).to_string();
            return Err(refused(
                "format",
                name,
                both!("is not a table Atalaya reads (it begins {what:?})", "no es una tabla que Atalaya lea (empieza por {what:?})"),
            ));
        }
    }
    Ok(vec![member(Packing::Plain, "")])
}

fn is_gzip(magic: &[u8]) -> bool {
    magic.starts_with(&[0x1f, 0x8b])
}

fn is_zip(magic: &[u8]) -> bool {
    magic == b"PK\x03\x04" || magic == b"PK\x05\x06"
}

fn nested(place: &str) -> Problem {
    refused("archive-nested", place, Both::new("is an archive inside an archive", "es un archivo comprimido dentro de otro"))
}

fn zip_members(path: &Path, name: &str) -> Result<Vec<Member>, Problem> {
    let failed = |e: io::Error| Problem::io(path.display().to_string(), &e);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let member = |packing, inner: &str| Member { path: path.to_path_buf(), file: name.into(), name: inner.into(), packing };
    let entries = entries(BufReader::new(file), length, name)?;
    // A workbook is a zip with a list of contents.
    if entries.iter().any(|(inner, _)| inner.eq_ignore_ascii_case("[Content_Types].xml")) {
        return Ok(vec![member(Packing::Plain, "")]);
    }
    let members: Vec<Member> = entries.iter().map(|(inner, packing)| member(*packing, inner)).collect();
    match members.iter().find(|m| is_archive(&m.name)) {
        Some(inner) => Err(nested(&inner.place())),
        None => Ok(members),
    }
}

/// A part's name and its bytes.
pub(crate) type OpenPart = (String, Box<dyn Read>);

/// The parts of a workbook held in memory, each checked as members of a zip are.
///
/// # Errors
/// `archive-*`.
pub(crate) fn workbook_parts(bytes: &Arc<[u8]>, place: &str) -> Result<Vec<OpenPart>, Problem> {
    let length = bytes.len() as u64;
    let entries = entries(Cursor::new(Arc::clone(bytes)), length, place)?;
    let open = |(name, packing): (String, Packing)| {
        let place = format!("{place} › {name}");
        packing.open(Cursor::new(Arc::clone(bytes)), length).map(|reader| (name, reader)).map_err(|e| reading(&place, &e))
    };
    entries.into_iter().map(open).collect()
}

/// The files of a zip, every one of them safe by name, kind and declared size.
fn entries<R: Read + Seek>(mut source: R, length: u64, name: &str) -> Result<Vec<(String, Packing)>, Problem> {
    let broken =
        |e: &dyn std::fmt::Display| refused("archive-broken", name, both!("the zip cannot be read ({e})", "el zip no se puede leer ({e})"));
    let declared = directory::entries(&mut source, length).map_err(|e| broken(&e))?;
    if declared > MAX_ENTRIES {
        return Err(refused(
            "archive-too-many",
            name,
            both!("{declared} entries; the cap is {MAX_ENTRIES}", "{declared} entradas; el límite es {MAX_ENTRIES}"),
        ));
    }
    let mut archive = zip::ZipArchive::new(source).map_err(|e| broken(&e))?;
    let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut total, mut total_packed) = (0u64, 0u64);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| broken(&e))?;
        let inner = entry.name().map_or_else(|_| "\u{0}".to_string(), |n| n.into_owned());
        let place = format!("{name} › {}", atalaya_kernel::both::shown(&inner));
        if let Some(found) = unsafe_name(&inner).or_else(|| unsafe_kind(&entry)) {
            return Err(refused("archive-unsafe", &place, found));
        }
        if !seen.insert(inner.to_lowercase()) {
            return Err(twice(&place));
        }
        if entry.is_dir() {
            continue;
        }
        let extent =
            Extent { start: entry.data_start().unwrap_or(0), packed: entry.compressed_size(), size: entry.size(), crc: entry.crc32() };
        (total, total_packed) = (total.saturating_add(extent.size), total_packed.saturating_add(extent.packed));
        check_size(extent, total, total_packed, length, &place)?;
        let packing = match entry.compression() {
            zip::CompressionMethod::Stored => Packing::Stored(extent),
            zip::CompressionMethod::Deflated => Packing::Deflated(extent),
            other => return Err(refused("archive-method", &place, both!("is packed by {other}", "está comprimido con {other}"))),
        };
        entries.push((inner, packing));
    }
    // The reader of zips keeps one of two entries with the same name, and does not say so.
    if archive.len() as u64 != declared {
        return Err(twice(name));
    }
    Ok(entries)
}

fn twice(place: &str) -> Problem {
    refused(
        "archive-duplicate",
        place,
        Both::new("the same name stands twice in the archive", "el mismo nombre está dos veces en el archivo"),
    )
}

/// Refuses what declares too much, or more packed bytes than the file has (entries that overlap).
fn check_size(extent: Extent, total: u64, total_packed: u64, length: u64, place: &str) -> Result<(), Problem> {
    let Extent { packed, size, .. } = extent;
    let ratio = size > FREE_BYTES && size / packed.max(1) > MAX_RATIO;
    if !ratio && total <= MAX_BYTES && total_packed <= length {
        return Ok(());
    }
    Err(refused(
        "archive-bomb",
        place,
        both!(
            "declares {size} bytes packed into {packed}, {total} bytes with those before it, in a file of {length}",
            "declara {size} bytes comprimidos en {packed}, {total} bytes con los anteriores, en un archivo de {length}"
        ),
    ))
}

fn is_archive(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".zip", ".gz", ".tar", ".tgz", ".7z", ".rar", ".zst", ".xz", ".bz2"].iter().any(|end| lower.ends_with(end))
}

fn unsafe_name(name: &str) -> Option<Both> {
    let stem = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or("").to_lowercase();
    let reserved =
        ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
    let climbs = name.starts_with('/') || name.split(['/', '\\']).any(|part| part == "..") || name.contains('\\') || name.contains(':');
    if climbs || reserved {
        Some(Both::new("its name leads outside the archive", "su nombre lleva fuera del archivo"))
    } else if name.chars().any(char::is_control) {
        Some(Both::new("its name holds control characters", "su nombre contiene caracteres de control"))
    } else {
        None
    }
}

fn unsafe_kind<R: Read>(entry: &zip::read::ZipFile<'_, R>) -> Option<Both> {
    let kind = entry.unix_mode().unwrap_or(0) & 0o170_000;
    (kind != 0 && kind != 0o100_000 && kind != 0o040_000)
        .then(|| Both::new("is a link or a device, not a file", "es un enlace o un dispositivo, no un archivo"))
}
