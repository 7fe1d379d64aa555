//! Passwords: argon2id, and chance from the system.

use std::io::{IsTerminal, Read};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use atalaya_kernel::{Both, Exit, Problem, both};
use sha2::{Digest, Sha256};

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Shorter ones are guessed.
const SHORTEST: usize = 12;
/// Longer ones only cost time.
const LONGEST: usize = 256;
/// Where no account has the name given, this is checked instead, so that it takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gb25lIGhhcyB0aGlz$2cmbKVB0hIXGrc9+bYLgZXmJp9cnr4hWkpIJVmX3M2o";

fn argon() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| broken())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken() -> Problem {
    Problem::new("password-hash", "", Both::new("the password could not be hashed", "no se pudo cifrar la contraseña"), Both::default())
        .exits(Exit::No)
}

/// The hash of a password, with its salt and parameters.
///
/// # Errors
/// `password-weak`, `chance`.
pub fn hash(password: &str) -> Result<String, Problem> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Problem::new(
            "password-weak",
            "",
            both!("the password has {length} characters", "la contraseña tiene {length} caracteres"),
            both!("take {SHORTEST} to {LONGEST}, or say --generate", "use de {SHORTEST} a {LONGEST}, o --generate"),
        ));
    }
    let salt: [u8; 16] = chance()?;
    Ok(argon()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| broken())?.to_string())
}

/// Whether a password is the one that was hashed. Without a hash it takes as long and says no.
pub fn fits(password: &str, hash: Option<&str>) -> bool {
    let Ok(argon) = argon() else { return false };
    let password = if password.len() > 4 * LONGEST { "" } else { password };
    let same = argon.verify_password(password.as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
    same && hash.is_some()
}

/// Random bytes.
///
/// # Errors
/// `chance` if the system gives none.
pub fn chance<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| {
        Problem::new("chance", "", Both::new("the system gives no random numbers", "el sistema no da números aleatorios"), Both::default())
            .exits(Exit::No)
    })?;
    Ok(bytes)
}

/// A secret of 256 bits, in hexadecimal.
///
/// # Errors
/// `chance`.
pub fn secret() -> Result<String, Problem> {
    Ok(hex(&chance::<32>()?))
}

/// A password of 120 bits, easy to type: small letters and digits without look-alikes.
///
/// # Errors
/// `chance`.
pub fn generate() -> Result<String, Problem> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> = chance::<24>()?.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    Ok(letters.chunks(6).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

/// A password from whoever types it, unseen and twice; from standard input, one line.
///
/// # Errors
/// `io`, `password-differs`.
pub fn ask(prompt: &Both, again: &Both, lang: atalaya_kernel::Lang) -> Result<String, Problem> {
    let failed = |e: std::io::Error| Problem::io("", &e);
    if !std::io::stdin().is_terminal() {
        let mut text = String::new();
        std::io::stdin().take(4096).read_to_string(&mut text).map_err(failed)?;
        return Ok(text.lines().next().unwrap_or("").to_string());
    }
    let terminal = console::Term::stderr();
    let read = |prompt: &Both| {
        terminal.write_str(&format!("{}: ", prompt.in_lang(lang)))?;
        terminal.read_secure_line()
    };
    let first = read(prompt).map_err(failed)?;
    if first != read(again).map_err(failed)? {
        return Err(Problem::new(
            "password-differs",
            "",
            Both::new("the two are not the same", "las dos no son iguales"),
            Both::new("try again", "intente de nuevo"),
        ));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let kept = hash("a long enough password").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits("a long enough password", Some(&kept)));
        assert!(!fits("a long enough passwore", Some(&kept)));
        assert!(!fits("", None) && !fits("no one has this", None));
        assert!(hash("short").is_err());
        assert_ne!(kept, hash("a long enough password").unwrap());
    }

    #[test]
    fn what_stands_for_nobody_costs_as_much_as_an_account() {
        use argon2::password_hash::phc::PasswordHash;
        let (nobody, mine) = (PasswordHash::new(NOBODY).unwrap(), hash("a long enough password").unwrap());
        let mine = PasswordHash::new(&mine).unwrap();
        assert_eq!(nobody.params.to_string(), mine.params.to_string());
        assert_eq!(nobody.hash.unwrap().len(), mine.hash.unwrap().len());
    }

    #[test]
    fn generated_passwords_are_long_and_differ() {
        let (a, b) = (generate().unwrap(), generate().unwrap());
        assert!(a.len() == 27 && a != b && hash(&a).is_ok());
    }
}
