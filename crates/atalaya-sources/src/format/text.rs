//! Text files: what they are encoded in, found out before a single row is read.

use std::io::{self, Read};

use atalaya_kernel::{Both, Problem, both};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::archive::Member;
use super::fault::Fault;
pub(crate) use super::fault::reading;

/// What a first pass over a text file tells.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Its encoding.
    pub encoding: &'static Encoding,
    /// Whether the encoding was guessed from the letters rather than known.
    pub guessed: bool,
    /// Whether the number of quotes is odd.
    pub odd_quotes: bool,
    /// Bytes of the longest row, as line ends outside quotes tell it.
    pub longest_row: u64,
    /// Its first bytes, decoded.
    pub head: String,
}

/// Bytes of [`Facts::head`].
const HEAD: usize = 1 << 16;

/// Reads a text file once: encoding, NUL bytes, quotes.
///
/// # Errors
/// `nul-byte`, `bad-encoding`, `io`, all with the byte offset.
pub fn inspect(member: &Member, declared: Option<&str>) -> Result<Facts, Problem> {
    let place = member.place();
    let mut reader = member.open()?;
    let mut scan = Scan::new(declared.and_then(|d| Encoding::for_label(d.as_bytes())));
    let mut buffer = vec![0; 1 << 17];
    loop {
        let n = reader.read(&mut buffer).map_err(|e| reading(&place, &e))?;
        if n == 0 {
            break;
        }
        scan.feed(&buffer[..n], &place)?;
    }
    let facts = scan.finish();
    if facts.encoding != UTF_8 {
        // What the encoding cannot read is refused now, not in the middle of the rows.
        io::copy(&mut open(member, &facts)?, &mut io::sink()).map_err(|e| reading(&place, &e))?;
    }
    Ok(facts)
}

struct Scan {
    known: Option<&'static Encoding>,
    begun: bool,
    offset: u64,
    quotes: u64,
    row_begins: u64,
    longest_row: u64,
    broken_utf8: bool,
    carry: Vec<u8>,
    detector: chardetng::EncodingDetector,
    head: Vec<u8>,
}

impl Scan {
    fn new(known: Option<&'static Encoding>) -> Scan {
        let detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        Scan {
            known,
            begun: false,
            offset: 0,
            quotes: 0,
            row_begins: 0,
            longest_row: 0,
            broken_utf8: false,
            carry: Vec::new(),
            detector,
            head: Vec::new(),
        }
    }

    fn feed(&mut self, bytes: &[u8], place: &str) -> Result<(), Problem> {
        if !self.begun {
            self.begun = true;
            if let Some((encoding, _)) = Encoding::for_bom(bytes) {
                self.known = Some(encoding);
            }
        }
        let wide = self.known == Some(UTF_16LE) || self.known == Some(UTF_16BE);
        if let Some(at) = memchr::memchr(0, bytes).filter(|_| !wide) {
            let offset = self.offset + at as u64;
            let found = if self.head.is_empty() && looks_wide(bytes) {
                Both::new(
                    "a NUL byte: the file looks like UTF-16 without the mark that says so",
                    "un byte NUL: el archivo parece UTF-16 sin la marca que lo dice",
                )
            } else {
                Both::new("a NUL byte: the file is not plain text", "un byte NUL: el archivo no es texto")
            };
            return Err(Problem::new(
                "nul-byte",
                format!("{place} byte {offset}"),
                found,
                Both::new("export it again as CSV UTF-8", "expórtelo de nuevo como CSV UTF-8"),
            ));
        }
        self.measure_rows(bytes);
        if self.head.len() < HEAD {
            self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
        }
        if !self.broken_utf8 {
            self.check_utf8(bytes);
        }
        if self.broken_utf8 {
            self.detector.feed(bytes, false);
        }
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Counts quotes, and the bytes between line ends that no quote encloses.
    fn measure_rows(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            if bytes[at] == b'"' {
                self.quotes += 1;
            } else if self.quotes.is_multiple_of(2) {
                let end = self.offset + at as u64;
                self.longest_row = self.longest_row.max(end - self.row_begins);
                self.row_begins = end + 1;
            }
        }
    }

    /// Validates UTF-8 across chunk borders.
    fn check_utf8(&mut self, bytes: &[u8]) {
        let joined;
        let bytes = if self.carry.is_empty() {
            bytes
        } else {
            joined = [&std::mem::take(&mut self.carry)[..], bytes].concat();
            &joined
        };
        if let Err(e) = std::str::from_utf8(bytes) {
            match e.error_len() {
                None => self.carry = bytes[e.valid_up_to()..].to_vec(),
                Some(_) => self.broken_utf8 = true,
            }
        }
    }

    fn finish(mut self) -> Facts {
        let invalid = self.broken_utf8 || !self.carry.is_empty();
        let (encoding, guessed) = match self.known {
            Some(known) if known != UTF_8 => (known, false),
            _ if !invalid => (UTF_8, false),
            _ => {
                self.detector.feed(&self.head, true);
                (self.detector.guess(None, chardetng::Utf8Detection::Deny), true)
            }
        };
        let head = encoding.decode(&self.head).0.into_owned();
        Facts {
            encoding,
            guessed,
            odd_quotes: self.quotes % 2 == 1,
            longest_row: self.longest_row.max(self.offset - self.row_begins),
            head,
        }
    }
}

/// The member as UTF-8.
///
/// # Errors
/// `io`.
pub fn open(member: &Member, facts: &Facts) -> Result<Box<dyn Read>, Problem> {
    let reader = member.open()?;
    Ok(Box::new(Utf8 {
        reader,
        decoder: facts.encoding.new_decoder(),
        input: vec![0; 1 << 16],
        from: 0,
        to: 0,
        offset: 0,
        done: false,
        plain: facts.encoding == UTF_8 && !facts.head.starts_with('\u{feff}'),
    }))
}

struct Utf8 {
    reader: Box<dyn Read>,
    decoder: Decoder,
    input: Vec<u8>,
    from: usize,
    to: usize,
    offset: u64,
    done: bool,
    plain: bool,
}

impl Read for Utf8 {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.plain {
            return self.reader.read(out);
        }
        loop {
            if self.from == self.to && !self.done {
                self.from = 0;
                self.to = self.reader.read(&mut self.input)?;
                self.done = self.to == 0;
            }
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(&self.input[self.from..self.to], out, self.done);
            self.from += read;
            self.offset += read as u64;
            if let DecoderResult::Malformed(bytes, _) = result {
                let name = self.decoder.encoding().name();
                let found = both!("bytes that are not {name}", "bytes que no son {name}");
                return Err(Fault::io("bad-encoding", Some(self.offset.saturating_sub(u64::from(bytes))), found));
            }
            if memchr::memchr(0, &out[..written]).is_some() {
                let found = Both::new("a NUL character: the file is not plain text", "un carácter NUL: el archivo no es texto");
                return Err(Fault::io("nul-byte", Some(self.offset), found));
            }
            if written > 0 || self.done && result == DecoderResult::InputEmpty {
                return Ok(written);
            }
        }
    }
}

/// Whether every second of the first bytes is NUL.
fn looks_wide(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    let nuls = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count() * 4 >= head.len().max(4);
    nuls(0) || nuls(1)
}
