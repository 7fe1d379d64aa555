//! The leaf of a row: what the intake's root is computed from. It holds the row's identity, its
//! outcome and every mapped text, never a dictionary code, so a store derived again agrees.

use atalaya_kernel::record::{HeldRow, Row, Terms};
use sha2::{Digest, Sha256};

/// Collects the bytes of one leaf.
#[derive(Debug, Default)]
pub struct Leaf {
    bytes: Vec<u8>,
}

impl Leaf {
    /// Begins a leaf anew.
    pub fn begin(&mut self) {
        self.bytes.clear();
        self.bytes.push(0);
    }

    /// Adds an accepted row.
    pub fn row<const W: usize>(&mut self, row: &Row<W>, terms: &Terms) {
        for number in [
            u64::from(row.file),
            u64::from(row.ordinal),
            u64::from(row.cell),
            row.day as u32 as u64,
            u64::from(row.precision),
            u64::from(row.flags),
        ] {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        for code in row.codes {
            self.bytes.extend_from_slice(terms.text(code).as_bytes());
            self.bytes.push(0x1f);
        }
    }

    /// Adds a row that was not accepted.
    pub fn held(&mut self, row: &HeldRow) {
        for number in [u64::from(row.file), u64::from(row.ordinal), u64::from(row.cell)] {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        for text in [&row.rule, &row.field, &row.found] {
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.push(0x1f);
        }
        for (_, text) in &row.raw {
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.push(0x1f);
        }
    }

    /// The leaf's hash: RFC 6962, SHA-256 of a zero byte and the data.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}
