//! A workbook looked at before a library reads it: what is inside may be made to exhaust it.
//!
//! Every part is unpacked under the caps of archives and walked through as XML, byte by byte: no
//! document type, no deep nesting, no tag without end, no cell outside the sheet, no count that
//! the part cannot hold.

use std::io::Read;
use std::sync::Arc;

use atalaya_kernel::{Both, Problem, both};

use super::archive::workbook_parts;
use super::fault::reading;
use super::refused;

/// Deepest nesting of elements; what spreadsheets write stays under twenty.
const MAX_DEPTH: usize = 256;
/// Longest tag.
const MAX_TAG: usize = 1 << 16;
/// A sheet's last row and column.
const LAST: (u32, u32) = (1_048_576, 16_384);

/// Refuses a workbook that would harm whoever reads it.
///
/// # Errors
/// `archive-*`, `xml-doctype`, `xml-deep`, `sheet-broken`.
pub(crate) fn vet(bytes: &Arc<[u8]>, place: &str) -> Result<(), Problem> {
    for (name, mut part) in workbook_parts(bytes, place)? {
        let place = format!("{place} › {name}");
        let lower = name.to_lowercase();
        let mut walk = lower.ends_with(".xml").then(|| Walk::new(&place)).or_else(|| lower.ends_with(".rels").then(|| Walk::new(&place)));
        let mut buffer = vec![0; 1 << 16];
        let mut size = 0u64;
        loop {
            let n = part.read(&mut buffer).map_err(|e| reading(&place, &e))?;
            if n == 0 {
                break;
            }
            size += n as u64;
            if let Some(walk) = &mut walk {
                walk.feed(&buffer[..n])?;
            }
        }
        if let Some(walk) = walk {
            walk.end(size)?;
        }
    }
    Ok(())
}

/// What the next byte is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Text,
    /// A tag, and the quote an attribute's value is in.
    Tag(Option<u8>),
    Comment,
    Cdata,
}

struct Walk<'a> {
    place: &'a str,
    at: At,
    tag: Vec<u8>,
    /// The last bytes of a comment or of character data.
    tail: [u8; 2],
    depth: usize,
    /// The largest count an element declares of its children.
    declared: u64,
}

impl<'a> Walk<'a> {
    fn new(place: &'a str) -> Walk<'a> {
        Walk { place, at: At::Text, tag: Vec::new(), tail: [0; 2], depth: 0, declared: 0 }
    }

    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        while let Some(&byte) = bytes.first() {
            bytes = match self.at {
                At::Text => self.text(bytes)?,
                At::Tag(quote) => {
                    self.in_tag(byte, quote)?;
                    &bytes[1..]
                }
                At::Comment | At::Cdata => {
                    let end = if self.at == At::Comment { b"--" } else { b"]]" };
                    if byte == b'>' && self.tail == *end {
                        self.at = At::Text;
                    }
                    self.tail = [self.tail[1], byte];
                    &bytes[1..]
                }
            };
        }
        Ok(())
    }

    /// Skips to the next tag.
    fn text<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Problem> {
        let Some(open) = memchr::memchr2(b'<', 0, bytes) else { return Ok(&[]) };
        if bytes[open] == 0 {
            return Err(self.broken(Both::new("a NUL byte: the part is not UTF-8 XML", "un byte NUL: la parte no es XML en UTF-8")));
        }
        self.at = At::Tag(None);
        self.tag.clear();
        Ok(&bytes[open + 1..])
    }

    fn in_tag(&mut self, byte: u8, quote: Option<u8>) -> Result<(), Problem> {
        match (quote, byte) {
            (None, b'>') => {
                self.at = At::Text;
                let tag = std::mem::take(&mut self.tag);
                let seen = self.see(&tag);
                self.tag = tag;
                return seen;
            }
            (None, b'"' | b'\'') if !self.tag.starts_with(b"!") => self.at = At::Tag(Some(byte)),
            (Some(open), _) if byte == open => self.at = At::Tag(None),
            _ => {}
        }
        self.tag.push(byte);
        match self.tag.as_slice() {
            b"!--" => (self.at, self.tail) = (At::Comment, [0; 2]),
            b"![CDATA[" => (self.at, self.tail) = (At::Cdata, [0; 2]),
            tag if tag.len() == 8 && tag.eq_ignore_ascii_case(b"!DOCTYPE") => {
                return Err(refused(
                    "xml-doctype",
                    self.place,
                    Both::new(
                        "declares a document type, which no spreadsheet does; entities are not expanded here",
                        "declara un tipo de documento, lo que ninguna hoja de cálculo hace; aquí no se expanden entidades",
                    ),
                ));
            }
            tag if tag.len() > MAX_TAG => {
                return Err(self.broken(both!("a tag longer than {MAX_TAG} bytes", "una etiqueta de más de {MAX_TAG} bytes")));
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks at a whole tag.
    fn see(&mut self, tag: &[u8]) -> Result<(), Problem> {
        match tag.first() {
            Some(b'/') => self.depth = self.depth.saturating_sub(1),
            Some(b'?' | b'!') | None => {}
            Some(_) => {
                self.depth += usize::from(!tag.ends_with(b"/"));
                if self.depth > MAX_DEPTH {
                    return Err(refused(
                        "xml-deep",
                        self.place,
                        both!("elements nested deeper than {MAX_DEPTH}", "elementos anidados a más de {MAX_DEPTH}"),
                    ));
                }
                self.attributes(tag)?;
            }
        }
        Ok(())
    }

    /// The attributes that a reader builds on.
    fn attributes(&mut self, tag: &[u8]) -> Result<(), Problem> {
        let name = tag.split(|b| b.is_ascii_whitespace() || *b == b'/').next().unwrap_or(tag);
        let local = name.rsplit(|b| *b == b':').next().unwrap_or(name);
        let wanted: &[&[u8]] = match local {
            b"c" | b"row" => &[b"r"],
            b"dimension" | b"mergeCell" | b"f" => &[b"ref"],
            b"sst" => &[b"count", b"uniqueCount"],
            _ => return Ok(()),
        };
        for (key, value) in pairs(tag) {
            if !wanted.contains(&key) {
                continue;
            }
            if local == b"sst" {
                let count = std::str::from_utf8(value).ok().and_then(|v| v.trim().parse::<u64>().ok()).unwrap_or(0);
                self.declared = self.declared.max(if key == b"uniqueCount" { count } else { 0 });
            } else if !value.split(|b| matches!(b, b':' | b' ')).all(in_sheet) {
                let text = atalaya_kernel::both::shown(&String::from_utf8_lossy(&value[..value.len().min(40)]));
                return Err(self.broken(both!("“{text}” is no cell of a sheet", "“{text}” no es una celda de una hoja")));
            }
        }
        Ok(())
    }

    /// The part is over, with so many bytes.
    fn end(self, size: u64) -> Result<(), Problem> {
        let declared = self.declared;
        // The shortest shared text, `<si/>`, takes five bytes.
        if declared > size / 5 + 1 {
            return Err(self.broken(both!("declares {declared} texts in {size} bytes", "declara {declared} textos en {size} bytes")));
        }
        Ok(())
    }

    fn broken(&self, found: Both) -> Problem {
        refused("sheet-broken", self.place, found)
    }
}

/// The attributes of a tag: name and value.
fn pairs(tag: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let equals = memchr::memchr(b'=', rest)?;
        let name = rest[..equals].trim_ascii().rsplit(|b| b.is_ascii_whitespace()).next()?;
        let after = rest[equals + 1..].trim_ascii_start();
        let quote = *after.first().filter(|q| matches!(q, b'"' | b'\''))?;
        let end = memchr::memchr(quote, &after[1..])?;
        let value = &after[1..=end];
        rest = &after[end + 2..];
        Some((name, value))
    })
}

/// `A1`, `XFD1048576`, `7`, `$C`; nothing further out.
fn in_sheet(reference: &[u8]) -> bool {
    let plain: Vec<u8> = reference.iter().copied().filter(|b| *b != b'$').collect();
    let letters = plain.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (column, row) = plain.split_at(letters);
    if column.len() > 3 || row.len() > 7 || !row.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let column = column.iter().fold(0, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    let number = row.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    column <= LAST.1 && number <= LAST.0 && (row.is_empty() || number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(xml: &str) -> Result<(), String> {
        let mut walk = Walk::new("part");
        // One byte at a time: chunks may end anywhere.
        for byte in xml.bytes() {
            walk.feed(&[byte]).map_err(|e| e.id)?;
        }
        walk.end(xml.len() as u64).map_err(|e| e.id)
    }

    #[test]
    fn what_spreadsheets_write_passes() {
        let fine = r#"<?xml version="1.0"?><!-- a > b --><x:worksheet a="x>y"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCell ref='A1:B2'/><![CDATA[<!DOCTYPE]]></x:worksheet>"#;
        assert_eq!(walk(fine), Ok(()));
        assert_eq!(walk(r#"<sst count="900" uniqueCount="2"><si/><si/></sst>"#), Ok(()));
    }

    #[test]
    fn what_they_do_not_is_refused() {
        assert_eq!(walk("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"), Err("xml-doctype".into()));
        assert_eq!(walk(&"<a>".repeat(300)), Err("xml-deep".into()));
        for cell in ["ZZZZZZZZZZ99999999999", "A99999999", "A0", "XFE1", "é1"] {
            assert_eq!(walk(&format!(r#"<c r="{cell}"/>"#)), Err("sheet-broken".into()), "{cell}");
        }
        assert_eq!(walk(r#"<sst uniqueCount="4294967295"></sst>"#), Err("sheet-broken".into()));
        assert_eq!(walk(&format!("<a b='{}'>", "x".repeat(70_000))), Err("sheet-broken".into()));
        assert_eq!(walk("<a>\0</a>"), Err("sheet-broken".into()));
    }
}
