//! Zips written byte by byte, so that they can lie.

use std::io::Write;

/// A file of a zip.
#[derive(Clone)]
pub struct Entry<'a> {
    pub name: String,
    pub data: &'a [u8],
    pub deflate: bool,
    /// Unix mode.
    pub mode: u32,
    /// The size the central directory states, if not the true one.
    pub claims: Option<u32>,
}

impl<'a> Entry<'a> {
    pub fn new(name: &str, data: &'a [u8]) -> Entry<'a> {
        Entry { name: name.into(), data, deflate: false, mode: 0o100_644, claims: None }
    }
}

/// A zip of these files.
pub fn zip_of(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.deflate { deflated(entry.data) } else { entry.data.to_vec() };
        let mut crc = flate2::Crc::new();
        crc.update(entry.data);
        let method: u16 = if entry.deflate { 8 } else { 0 };
        let fixed = |size: u32| {
            let mut bytes = Vec::new();
            bytes.extend(20u16.to_le_bytes());
            bytes.extend(0u16.to_le_bytes());
            bytes.extend(method.to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(crc.sum().to_le_bytes());
            bytes.extend((packed.len() as u32).to_le_bytes());
            bytes.extend(size.to_le_bytes());
            bytes.extend((entry.name.len() as u16).to_le_bytes());
            bytes.extend(0u16.to_le_bytes());
            bytes
        };
        let start = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(fixed(entry.data.len() as u32));
        out.extend(entry.name.as_bytes());
        out.extend(packed.iter());
        directory.extend(b"PK\x01\x02");
        // Made by Unix, so that the mode counts.
        directory.extend((3u16 << 8 | 20).to_le_bytes());
        directory.extend(fixed(entry.claims.unwrap_or(entry.data.len() as u32)));
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let (at, size, count) = (out.len() as u32, directory.len() as u32, entries.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

/// A workbook of one sheet, `S`, whose parts are these.
pub fn workbook_of(sheet: &str, shared: Option<&str>) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut parts = vec![
        ("[Content_Types].xml", format!(r#"<Types xmlns="{PACKAGE}/content-types"/>"#)),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_string()),
    ];
    parts.extend(shared.map(|s| ("xl/sharedStrings.xml", s.to_string())));
    let entries: Vec<Entry<'_>> = parts.iter().map(|(name, text)| Entry { deflate: true, ..Entry::new(name, text.as_bytes()) }).collect();
    zip_of(&entries)
}
