//! The only clock in the program.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use atalaya::observatory::Pace;
use atalaya_kernel::Date;

/// Now, RFC 3339 in UTC, to the second. `ATALAYA_NOW` stands in for it in transcripts.
pub fn now() -> String {
    if let Ok(fixed) = std::env::var("ATALAYA_NOW") {
        return fixed;
    }
    #[allow(clippy::disallowed_methods)]
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let day = Date((seconds / 86_400) as i32);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{day}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Time since the program first asked, for what must expire; it never runs backwards.
pub fn ticks() -> Duration {
    static BEGUN: std::sync::OnceLock<Ticking> = std::sync::OnceLock::new();
    BEGUN.get_or_init(Ticking::new).elapsed()
}

/// A clock that ticks, for fetching.
#[derive(Debug)]
pub struct Ticking(Instant);

impl Ticking {
    /// It ticks from now on.
    pub fn new() -> Ticking {
        #[allow(clippy::disallowed_methods)]
        Ticking(Instant::now())
    }
}

impl Pace for Ticking {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, wait: Duration) {
        std::thread::sleep(wait);
    }
}
