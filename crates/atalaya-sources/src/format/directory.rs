//! How many entries a zip says it has, read from its end before anything is built from them.

use std::io::{self, Read, Seek, SeekFrom};

/// The longest end record: 22 bytes and a comment of 65,535.
const MAX_END: u64 = 22 + 65_535;

/// The number of entries the end record of a zip declares.
///
/// # Errors
/// `InvalidData` without an end record, and those of reading.
pub(super) fn entries<R: Read + Seek>(source: &mut R, length: u64) -> io::Result<u64> {
    let from = length.saturating_sub(MAX_END);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.by_ref().take(MAX_END).read_to_end(&mut tail)?;
    let missing = || io::Error::new(io::ErrorKind::InvalidData, "it has no end record");
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(missing)?;
    let count = number(&tail, end + 10, 2).ok_or_else(missing)?;
    if count != 0xffff {
        return Ok(count);
    }
    // More than 65,534: the count stands in the record of zip64, which a locator points to.
    let Some(locator) = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07")) else { return Ok(count) };
    let at = number(&tail, locator + 8, 8).ok_or_else(missing)?;
    source.seek(SeekFrom::Start(at))?;
    let mut record = [0; 40];
    source.read_exact(&mut record)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(missing());
    }
    number(&record, 32, 8).ok_or_else(missing)
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at + width)?.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}
