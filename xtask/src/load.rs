//! `cargo xtask load`: readers who ask a running server the pages' questions, and how long each
//! answer took. Plain HTTP/1.1 over kept connections; nothing but the standard library.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::Said;

/// One answer: which question, how long, how many bytes travelled, what the server said of it.
struct Taken {
    question: usize,
    time: Duration,
    bytes: usize,
    computing: f64,
}

/// A connection that is kept.
struct Line {
    address: String,
    reader: BufReader<TcpStream>,
}

impl Line {
    fn open(address: &str) -> Result<Line, String> {
        let stream = TcpStream::connect(address).map_err(|e| format!("{address}: {e}"))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(120))).map_err(|e| e.to_string())?;
        Ok(Line { address: address.into(), reader: BufReader::with_capacity(1 << 16, stream) })
    }

    /// Asks; bytes of the body and milliseconds the server says it computed.
    fn ask(&mut self, target: &str) -> Result<(usize, f64), String> {
        let request = format!("GET {target} HTTP/1.1\r\nhost: {}\r\naccept-encoding: gzip\r\n\r\n", self.address);
        self.reader.get_mut().write_all(request.as_bytes()).map_err(|e| e.to_string())?;
        let (mut line, mut length, mut chunked, mut computing, mut first) = (String::new(), 0, false, 0.0, true);
        loop {
            line.clear();
            self.reader.read_line(&mut line).map_err(|e| e.to_string())?;
            let text = line.trim_end();
            if first && !text.starts_with("HTTP/1.1 200") {
                return Err(format!("{target}: {text}"));
            }
            first = false;
            if text.is_empty() {
                break;
            }
            let (name, value) = text.split_once(": ").unwrap_or((text, ""));
            match name {
                "content-length" => length = value.parse().map_err(|_| text.to_string())?,
                "transfer-encoding" => chunked = value == "chunked",
                "server-timing" => {
                    computing = value.split("dur=").skip(1).filter_map(|p| p.split([',', ';', ' ']).next()?.parse::<f64>().ok()).sum()
                }
                _ => {}
            }
        }
        if !chunked {
            self.skip(length)?;
            return Ok((length, computing));
        }
        let mut whole = 0;
        loop {
            line.clear();
            self.reader.read_line(&mut line).map_err(|e| e.to_string())?;
            let size = usize::from_str_radix(line.trim_end(), 16).map_err(|_| format!("{target}: chunk {line:?}"))?;
            self.skip(size + 2)?;
            if size == 0 {
                return Ok((whole, computing));
            }
            whole += size;
        }
    }

    fn skip(&mut self, length: usize) -> Result<(), String> {
        std::io::copy(&mut self.reader.by_ref().take(length as u64), &mut std::io::sink()).map(drop).map_err(|e| e.to_string())
    }
}

/// Asks every question of `file` (`name<TAB>path` lines) once alone, then `readers` at once,
/// `rounds` times each. `{n}` in a path is another number each time, so that no answer is kept.
pub fn run(address: &str, file: &Path, readers: usize, rounds: usize) -> Result<Said, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let questions: Vec<(&str, &str)> = text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect();
    let alone = reader(address, &questions, 0, 1, None)?;
    let barrier = Barrier::new(readers);
    let (questions, barrier) = (&questions, &barrier);
    let together: Vec<Result<Vec<Taken>, String>> = std::thread::scope(|scope| {
        let begin = |n| scope.spawn(move || reader(address, questions, n, rounds, Some(barrier)));
        let running: Vec<_> = (1..=readers).map(begin).collect();
        running.into_iter().map(|r| r.join().unwrap_or_else(|_| Err("a reader failed".into()))).collect()
    });
    let together: Vec<Taken> = together.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let mut out = String::from("question,phase,answers,p50_ms,p95_ms,p99_ms,max_ms,server_ms,bytes\n");
    for (at, (name, _)) in questions.iter().enumerate() {
        row(&mut out, name, "alone", alone.iter().filter(|t| t.question == at));
        row(&mut out, name, "together", together.iter().filter(|t| t.question == at));
    }
    row(&mut out, "all", "alone", alone.iter());
    row(&mut out, "all", "together", together.iter());
    Ok(Said { text: out, good: true })
}

/// One reader: each begins somewhere else in the list.
fn reader(
    address: &str,
    questions: &[(&str, &str)],
    number: usize,
    rounds: usize,
    barrier: Option<&Barrier>,
) -> Result<Vec<Taken>, String> {
    let mut line = Line::open(address)?;
    let mut taken = Vec::new();
    if let Some(barrier) = barrier {
        barrier.wait();
    }
    for round in 0..rounds {
        for step in 0..questions.len() {
            let question = (step + number * 7) % questions.len();
            let target = questions[question].1.replace("{n}", &(number * rounds + round).to_string());
            #[allow(clippy::disallowed_methods, reason = "this measures")]
            let began = Instant::now();
            let (bytes, computing) = line.ask(&target)?;
            taken.push(Taken { question, time: began.elapsed(), bytes, computing });
        }
    }
    Ok(taken)
}

fn row<'a>(out: &mut String, name: &str, phase: &str, taken: impl Iterator<Item = &'a Taken>) {
    let taken: Vec<&Taken> = taken.collect();
    let mut times: Vec<f64> = taken.iter().map(|t| t.time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    if times.is_empty() {
        return;
    }
    let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1];
    let computing = taken.iter().map(|t| t.computing).fold(0.0, f64::max);
    let bytes = taken.iter().map(|t| t.bytes).max().unwrap_or(0);
    let _ = writeln!(
        out,
        "{name},{phase},{},{:.2},{:.2},{:.2},{:.2},{computing:.2},{bytes}",
        times.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}
