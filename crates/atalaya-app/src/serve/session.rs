//! Who is signed in, and how often somebody may try. Only hashes of secrets are kept, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use atalaya_kernel::Problem;

use crate::account::Account;
use crate::account::password::{same, secret, sha256};

/// Signed out after so long without a request.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Signed out after so long, whatever happens.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Sessions of one account at a time; the oldest ends when one more begins.
const PER_ACCOUNT: usize = 16;
/// Requests a session may save up, and regains each second.
const BURST: f64 = 400.0;
const PER_SECOND: f64 = 40.0;

/// Tries before one must wait, and the longest wait.
const FREE_TRIES: u32 = 5;
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// From everywhere together, an account bears more tries than from one address.
const FREE_TRIES_ANYWHERE: u32 = 50;
/// Tries remembered; past it those whose wait is over are forgotten first.
const REMEMBERED: usize = 20_000;

#[derive(Debug, Clone)]
struct Session {
    account: String,
    /// The account's password hash then: a changed password ends its sessions.
    password: String,
    token: String,
    begun: Duration,
    last: Duration,
    left: f64,
}

/// What a cookie stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The account's name.
    pub account: String,
    /// What a request that changes something must carry.
    pub token: String,
    /// Whether it has asked too much too fast.
    pub hasty: bool,
}

/// Every session.
#[derive(Debug, Default)]
pub struct Sessions {
    by_hash: Mutex<HashMap<String, Session>>,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ended(session: &Session, now: Duration) -> bool {
    now.saturating_sub(session.last) > IDLE || now.saturating_sub(session.begun) > LONGEST
}

impl Sessions {
    /// Begins a session; the one the browser had before ends. Gives its secret and token.
    ///
    /// # Errors
    /// `chance`.
    pub fn begin(&self, account: &Account, before: Option<&str>, now: Duration) -> Result<(String, String), Problem> {
        let (fresh, token) = (secret()?, secret()?);
        let mut sessions = open(&self.by_hash);
        sessions.retain(|_, s| !ended(s, now));
        if let Some(before) = before {
            sessions.remove(&sha256(before));
        }
        let mut own: Vec<(Duration, String)> =
            sessions.iter().filter(|(_, s)| s.account == account.name).map(|(h, s)| (s.begun, h.clone())).collect();
        own.sort();
        for (_, hash) in own.iter().take((own.len() + 1).saturating_sub(PER_ACCOUNT)) {
            sessions.remove(hash);
        }
        let (name, password) = (account.name.clone(), account.password.clone());
        sessions.insert(sha256(&fresh), Session { account: name, password, token: token.clone(), begun: now, last: now, left: BURST });
        Ok((fresh, token))
    }

    /// Who a secret belongs to, if its session has not ended and the account is still as it was.
    pub fn of(&self, secret: &str, now: Duration, account: impl Fn(&str) -> Option<Account>) -> Option<(Signed, Account)> {
        let mut sessions = open(&self.by_hash);
        let hash = sha256(secret);
        let session = sessions.get_mut(&hash)?;
        let account = account(&session.account).filter(|a| !a.disabled && same(&a.password, &session.password));
        let Some(account) = account.filter(|_| !ended(session, now)) else {
            sessions.remove(&hash);
            return None;
        };
        session.left = (session.left + now.saturating_sub(session.last).as_secs_f64() * PER_SECOND).min(BURST) - 1.0;
        session.last = now;
        let hasty = session.left < 0.0;
        session.left = session.left.max(-1.0);
        Some((Signed { account: session.account.clone(), token: session.token.clone(), hasty }, account))
    }

    /// Ends a session.
    pub fn end(&self, secret: &str) {
        open(&self.by_hash).remove(&sha256(secret));
    }
}

/// Tries to sign in, by account and address.
#[derive(Debug, Default)]
pub struct Tries {
    failed: Mutex<HashMap<String, (u32, Duration)>>,
}

impl Tries {
    /// Counts a try before it is judged, so that many at once count too; the wait if it is one
    /// too many.
    pub fn begin(&self, account: &str, address: &str, now: Duration) -> Result<(), Duration> {
        let mut failed = open(&self.failed);
        if failed.len() > REMEMBERED {
            failed.retain(|_, (_, until)| *until > now);
        }
        let keys = keys(account, address);
        let wait = keys.iter().filter_map(|(k, _)| failed.get(k)).map(|(_, until)| until.saturating_sub(now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, free) in keys {
            let entry = failed.entry(key).or_insert((0, Duration::ZERO));
            entry.0 = entry.0.saturating_add(1);
            let beyond = (entry.0 + 1).saturating_sub(free);
            if beyond > 0 {
                entry.1 = now + Duration::from_secs(1 << (beyond - 1).min(20)).min(LONGEST_WAIT);
            }
        }
        Ok(())
    }

    /// The try was good: from this address the account begins anew.
    pub fn good(&self, account: &str, address: &str) {
        let mut failed = open(&self.failed);
        for (key, _) in keys(account, address) {
            failed.remove(&key);
        }
    }
}

fn keys(account: &str, address: &str) -> [(String, u32); 3] {
    [(format!("{account}\n{address}"), FREE_TRIES), (format!("\n{address}"), FREE_TRIES * 4), (format!("{account}\n"), FREE_TRIES_ANYWHERE)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Role;

    fn account(password: &str) -> Account {
        Account {
            name: "desk-peru".into(),
            role: Role::Reader,
            tlp: atalaya_kernel::label::Tlp::Green,
            recipients: Default::default(),
            disabled: false,
            password: password.into(),
        }
    }

    #[test]
    fn a_session_ends_when_idle_old_signed_out_replaced_or_the_account_changes() {
        let s = Duration::from_secs;
        let (sessions, known) = (Sessions::default(), |_: &str| Some(account("p")));
        let (secret, _) = sessions.begin(&account("p"), None, s(0)).unwrap();
        assert!(sessions.of(&secret, s(1799), known).is_some());
        assert!(sessions.of(&secret, s(1799 + 1801), known).is_none(), "idle");
        let (secret, _) = sessions.begin(&account("p"), None, s(0)).unwrap();
        for minute in 1..(12 * 60) {
            assert!(sessions.of(&secret, s(minute * 60), known).is_some());
        }
        assert!(sessions.of(&secret, s(12 * 3600 + 1), known).is_none(), "old");
        let (first, _) = sessions.begin(&account("p"), None, s(0)).unwrap();
        let (second, _) = sessions.begin(&account("p"), Some(&first), s(1)).unwrap();
        assert!(sessions.of(&first, s(2), known).is_none() && sessions.of(&second, s(2), known).is_some(), "rotation");
        sessions.end(&second);
        assert!(sessions.of(&second, s(2), known).is_none(), "signed out");
        let (third, _) = sessions.begin(&account("p"), None, s(3)).unwrap();
        assert!(sessions.of(&third, s(4), |_| Some(account("q"))).is_none(), "password changed");
        let (fourth, _) = sessions.begin(&account("p"), None, s(3)).unwrap();
        assert!(sessions.of(&fourth, s(4), |_| Some(Account { disabled: true, ..account("p") })).is_none(), "disabled");
        assert!(open(&sessions.by_hash).keys().all(|k| *k != fourth), "secrets are not kept");
    }

    #[test]
    fn a_hasty_session_must_slow_down() {
        let (sessions, known) = (Sessions::default(), |_: &str| Some(account("p")));
        let (secret, _) = sessions.begin(&account("p"), None, Duration::ZERO).unwrap();
        let hasty = |now| sessions.of(&secret, now, known).unwrap().0.hasty;
        assert!((0..400).all(|_| !hasty(Duration::ZERO)));
        assert!(hasty(Duration::ZERO));
        assert!(!hasty(Duration::from_secs(1)));
    }

    #[test]
    fn guessing_waits_longer_each_time_and_a_good_try_begins_anew() {
        let tries = Tries::default();
        let at = Duration::from_secs;
        for _ in 0..5 {
            assert!(tries.begin("a", "1.1.1.1", at(0)).is_ok());
        }
        let wait = tries.begin("a", "1.1.1.1", at(0)).unwrap_err();
        assert_eq!(wait, at(1));
        assert!(tries.begin("a", "2.2.2.2", at(0)).is_ok(), "others may still sign in");
        assert!(tries.begin("a", "1.1.1.1", at(1)).is_ok());
        assert_eq!(tries.begin("a", "1.1.1.1", at(1)).unwrap_err(), at(2));
        tries.good("a", "1.1.1.1");
        assert!(tries.begin("a", "1.1.1.1", at(1)).is_ok());
    }
}
