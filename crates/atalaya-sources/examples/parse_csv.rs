//! CSV parsing alone: the floor under every collect. Counts rows, fields and bytes of fields.
//!
//! `cargo run --release -p atalaya-sources --example parse_csv -- FILE.csv [DELIMITER]`

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: parse_csv FILE.csv [DELIMITER]")?;
    let delimiter = arguments.next().and_then(|d| d.bytes().next()).unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).buffer_capacity(1 << 17).from_path(path)?;
    let mut row = csv::ByteRecord::new();
    let (mut rows, mut fields, mut bytes) = (0u64, 0usize, 0usize);
    while reader.read_byte_record(&mut row)? {
        rows += 1;
        fields += row.len();
        bytes += row.as_slice().len();
    }
    writeln!(std::io::stdout(), "rows={rows} fields={fields} bytes={bytes}")?;
    Ok(())
}
