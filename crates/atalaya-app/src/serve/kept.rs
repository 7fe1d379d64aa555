//! Answers kept for the next reader: by clearance, snapshot and address, ready packed.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atalaya_kernel::Clearance;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

/// Bytes of answers kept in all.
const ROOM: usize = 48 << 20;
/// A larger answer is not kept.
pub const LARGEST: usize = 8 << 20;
/// Smaller ones travel as they are.
const WORTH_PACKING: usize = 860;

/// What an answer depends on. The snapshot stands for all rows its clearance sees, and for nothing
/// else: an intake that may not be seen changes neither answer nor key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// As whom.
    pub clearance: Clearance,
    /// On what.
    pub snapshot: Arc<str>,
    /// Path and question.
    pub address: String,
    /// Whether a vintage is due depends on it.
    pub day: String,
}

/// One answer.
#[derive(Debug)]
pub struct Ready {
    headers: HeaderMap,
    tag: HeaderValue,
    plain: Bytes,
    packed: Option<Bytes>,
}

#[derive(Debug, Default)]
struct Shelf {
    answers: HashMap<Key, Arc<Ready>>,
    order: VecDeque<Key>,
    bytes: usize,
}

/// The answers.
#[derive(Debug, Default)]
pub struct Kept {
    shelf: Mutex<Shelf>,
    flights: super::hall::Flights,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// The answer kept under a key.
    pub fn get(&self, key: &Key) -> Option<Arc<Ready>> {
        open(&self.shelf).answers.get(key).cloned()
    }

    /// Keeps an answer; the oldest give way.
    pub fn put(&self, key: Key, ready: &Arc<Ready>) {
        let mut shelf = open(&self.shelf);
        if shelf.answers.insert(key.clone(), Arc::clone(ready)).is_none() {
            shelf.bytes += ready.bytes();
            shelf.order.push_back(key);
        }
        while shelf.bytes > ROOM {
            let Some(old) = shelf.order.pop_front() else { break };
            if let Some(gone) = shelf.answers.remove(&old) {
                shelf.bytes = shelf.bytes.saturating_sub(gone.bytes());
            }
        }
    }

    /// The turn to compute an answer: who comes second waits and then finds it kept.
    pub async fn turn(&self, key: &Key) -> Turn<'_> {
        let lock = Arc::clone(open(&self.flights).entry(key.clone()).or_default());
        let guard = lock.lock_owned().await;
        Turn { kept: self, key: key.clone(), _guard: guard }
    }
}

/// Held while an answer is computed.
pub struct Turn<'k> {
    kept: &'k Kept,
    key: Key,
    _guard: tokio::sync::OwnedMutexGuard<()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut flights = open(&self.kept.flights);
        // This turn and the map hold it: nobody waits.
        if flights.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) <= 2) {
            flights.remove(&self.key);
        }
    }
}

impl Ready {
    /// An answer made ready: packed once, and tagged by its bytes.
    pub fn new(mut headers: HeaderMap, plain: Bytes) -> Ready {
        headers.remove(header::CONTENT_LENGTH);
        let digest = Sha256::digest(&plain);
        let tag: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
        let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        let packed = (plain.len() >= WORTH_PACKING).then(|| pack(&plain)).flatten();
        Ready { headers, tag, plain, packed }
    }

    fn bytes(&self) -> usize {
        self.plain.len() + self.packed.as_ref().map_or(0, Bytes::len) + 512
    }

    /// The answer to one request: nothing new, packed, or as it is.
    pub fn reply(&self, asked: &HeaderMap) -> Response {
        let text = |name| asked.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).unwrap_or("");
        let same = text(header::IF_NONE_MATCH).split(',').any(|t| t.trim().trim_start_matches("W/") == self.tag);
        let takes_packed = text(header::ACCEPT_ENCODING).split(',').any(|e| matches!(e.trim().split(';').next(), Some("gzip" | "*")));
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else if let Some(packed) = self.packed.as_ref().filter(|_| takes_packed) {
            *response.body_mut() = Body::from(packed.clone());
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        } else {
            *response.body_mut() = Body::from(self.plain.clone());
        }
        response.headers_mut().insert(header::ETAG, self.tag.clone());
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
        response
    }
}

fn pack(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::new(4));
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_apart_by_clearance_snapshot_and_address() {
        let key = |tlp, snapshot: &str, address: &str| Key {
            clearance: Clearance { tlp, inside: false, recipients: Default::default() },
            snapshot: snapshot.into(),
            address: address.into(),
            day: "2026-11-26".into(),
        };
        use atalaya_kernel::label::Tlp;
        let kept = Kept::default();
        kept.put(key(Tlp::Green, "s", "/a"), &Arc::new(Ready::new(HeaderMap::new(), Bytes::from_static(b"x"))));
        assert!(kept.get(&key(Tlp::Green, "s", "/a")).is_some());
        for other in [key(Tlp::Clear, "s", "/a"), key(Tlp::Green, "t", "/a"), key(Tlp::Green, "s", "/b")] {
            assert!(kept.get(&other).is_none());
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let kept = Kept::default();
        for n in 0..100 {
            let key = Key { clearance: Clearance::public(), snapshot: "s".into(), address: n.to_string(), day: String::new() };
            kept.put(key, &Arc::new(Ready::new(HeaderMap::new(), Bytes::from(vec![n; 1 << 20]))));
        }
        assert!(open(&kept.shelf).bytes <= ROOM);
    }
}
