//! Packed files: listed and read in memory or streamed, never unpacked to disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Problem, both};
use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::{FREE_BYTES, MAX_BYTES, MAX_RATIO, refused};

/// How a member's bytes lie in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Stored { start: u64, packed: u64, size: u64 },
    Deflated { start: u64, packed: u64, size: u64 },
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
        let mut file = File::open(&self.path).map_err(failed)?;
        let on_disk = file.metadata().map_err(failed)?.len();
        let mut at = |start: u64| file.seek(SeekFrom::Start(start)).map_err(failed);
        Ok(match self.packing {
            Packing::Plain => Box::new(BufReader::with_capacity(1 << 17, file)),
            Packing::Gzip => Box::new(Capped::new(MultiGzDecoder::new(BufReader::new(file)), on_disk, None)),
            Packing::Stored { start, packed, size } => {
                at(start)?;
                Box::new(Capped::new(BufReader::new(file).take(packed), packed, Some(size)))
            }
            Packing::Deflated { start, packed, size } => {
                at(start)?;
                Box::new(Capped::new(DeflateDecoder::new(BufReader::new(file).take(packed)), packed, Some(size)))
            }
        })
    }
}

/// A reader that counts what really comes out.
struct Capped<R> {
    inner: R,
    out: u64,
    limit: u64,
    declared: Option<u64>,
}

impl<R: Read> Capped<R> {
    fn new(inner: R, packed: u64, declared: Option<u64>) -> Capped<R> {
        Capped { inner, out: 0, limit: MAX_BYTES.min((packed * MAX_RATIO).max(FREE_BYTES)), declared }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.out += n as u64;
        if self.out > self.limit {
            return Err(io::Error::other(format!("grows past {} times its packed size: a decompression bomb", MAX_RATIO)));
        }
        match self.declared {
            Some(size) if self.out > size || n == 0 && !buffer.is_empty() && self.out != size => {
                Err(io::Error::other(format!("holds {} bytes where {size} are declared", self.out)))
            }
            _ => Ok(n),
        }
    }
}

/// What can be read inside the file at `path`; `name` is how messages call it.
///
/// # Errors
/// `archive-*` for anything unsafe in it, `io`.
pub fn members(path: &Path, name: &str) -> Result<Vec<Member>, Problem> {
    let failed = |e: io::Error| Problem::io(path.display().to_string(), &e);
    let mut magic = [0; 4];
    let mut file = File::open(path).map_err(failed)?;
    let n = file.read(&mut magic).map_err(failed)?;
    let member = |packing, inner: &str| Member { path: path.to_path_buf(), file: name.into(), name: inner.into(), packing };
    if n >= 2 && magic[..2] == [0x1f, 0x8b] {
        return Ok(vec![member(Packing::Gzip, name.trim_end_matches(".gz"))]);
    }
    if n == 4 && (magic == *b"PK\x03\x04" || magic == *b"PK\x05\x06") {
        return zip_members(path, name);
    }
    for (at, kind) in [(0, &b"\x7fELF"[..]), (0, b"MZ"), (0, b"%PDF"), (0, b"\xd0\xcf\x11\xe0")] {
        if n >= kind.len() && magic[at..].starts_with(kind) {
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

/// Whether the file at `path` is a workbook (an xlsx is a zip with a content list).
fn is_workbook(names: &BTreeSet<String>) -> bool {
    names.contains("[content_types].xml")
}

fn zip_members(path: &Path, name: &str) -> Result<Vec<Member>, Problem> {
    let failed = |e: io::Error| Problem::io(path.display().to_string(), &e);
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let mut archive = zip::ZipArchive::new(file)
        .map_err(|e| refused("archive-broken", name, both!("the zip cannot be read ({e})", "el zip no se puede leer ({e})")))?;
    let (mut members, mut seen) = (Vec::new(), BTreeSet::new());
    let mut total = 0u64;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|e| refused("archive-broken", name, both!("an entry cannot be read ({e})", "una entrada no se puede leer ({e})")))?;
        let inner = entry.name().map_or_else(|_| "\u{0}".to_string(), |n| n.into_owned());
        let place = format!("{name} › {}", atalaya_kernel::both::shown(&inner));
        if let Some(found) = unsafe_name(&inner).or_else(|| unsafe_kind(&entry)) {
            return Err(refused("archive-unsafe", &place, found));
        }
        if !seen.insert(inner.to_lowercase()) {
            return Err(refused(
                "archive-duplicate",
                &place,
                Both::new("the name stands twice in the archive", "el nombre está dos veces en el archivo"),
            ));
        }
        if entry.is_dir() {
            continue;
        }
        let (packed, size) = (entry.compressed_size(), entry.size());
        total = total.saturating_add(size);
        if size > FREE_BYTES && size / packed.max(1) > MAX_RATIO || total > MAX_BYTES {
            return Err(refused(
                "archive-bomb",
                &place,
                both!("declares {size} bytes packed into {packed}", "declara {size} bytes comprimidos en {packed}"),
            ));
        }
        let start = entry.data_start().unwrap_or(0);
        let packing = match entry.compression() {
            zip::CompressionMethod::Stored => Packing::Stored { start, packed, size },
            zip::CompressionMethod::Deflated => Packing::Deflated { start, packed, size },
            other => return Err(refused("archive-method", &place, both!("is packed by {other}", "está comprimido con {other}"))),
        };
        members.push(Member { path: path.to_path_buf(), file: name.into(), name: inner, packing });
    }
    if is_workbook(&seen) {
        return Ok(vec![Member { path: path.to_path_buf(), file: name.into(), name: String::new(), packing: Packing::Plain }]);
    }
    if let Some(nested) = members.iter().find(|m| is_archive(&m.name)) {
        return Err(refused(
            "archive-nested",
            &nested.place(),
            Both::new("is an archive inside an archive", "es un archivo comprimido dentro de otro"),
        ));
    }
    Ok(members)
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
