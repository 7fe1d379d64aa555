//! Accounts: desks and roles, never persons. Kept in `accounts.toml`, readable by its owner only.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use atalaya_kernel::label::Tlp;
use atalaya_kernel::{Both, Clearance, Exit, Problem, both};
use serde::{Deserialize, Serialize};

pub mod audit;
pub mod command;
pub mod password;

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads what its clearance allows.
    Reader,
    /// A desk of the observatory: collects and decides.
    Analyst,
    /// An analyst who also publishes.
    Releaser,
    /// Keeps accounts and the audit log. Not above labels: it sees no more than a reader.
    Admin,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The desk or role, `desk-peru`.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The strictest marking it is shown.
    pub tlp: Tlp,
    /// The recipients it is one of, by the names labels use.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
    /// Whether it may not sign in.
    #[serde(default)]
    pub disabled: bool,
    /// Argon2id, as a PHC string.
    pub password: String,
}

impl Account {
    /// What it may be shown.
    pub fn clearance(&self) -> Clearance {
        let inside = matches!(self.role, Role::Analyst | Role::Releaser);
        Clearance { tlp: self.tlp, inside, recipients: self.recipients.clone() }
    }
}

/// Every account of an observatory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// In the order they were added.
    #[serde(default)]
    pub account: Vec<Account>,
}

/// Where they lie.
pub fn place(root: &Path) -> PathBuf {
    root.join("accounts.toml")
}

impl Accounts {
    /// Reads them; none if there is no file.
    ///
    /// # Errors
    /// `accounts` if others may read the file or it is not well formed, `io`.
    pub fn read(root: &Path) -> Result<Accounts, Problem> {
        let path = place(root);
        let shown = path.display().to_string();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Accounts::default()),
            Err(e) => return Err(Problem::io(shown, &e)),
        };
        if !is_private(&path) {
            return Err(Problem::new(
                "accounts-open",
                shown,
                Both::new("others on this machine may read it", "otros en esta máquina pueden leerlo"),
                Both::new("chmod 600 accounts.toml, then change the passwords", "chmod 600 accounts.toml, y cambie las contraseñas"),
            )
            .exits(Exit::Refused));
        }
        toml::from_str(&text).map_err(|e| {
            let message = e.message().to_string();
            Problem::new(
                "accounts",
                shown,
                both!("{message}", "{message}"),
                Both::new("manage it with `atalaya account`", "adminístrelo con `atalaya account`"),
            )
        })
    }

    /// Writes them whole or not at all, for the owner's eyes only.
    ///
    /// # Errors
    /// `io`.
    pub fn write(&self, root: &Path) -> Result<(), Problem> {
        let path = place(root);
        let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
        let aside = root.join("accounts.toml.new");
        let _ = fs::remove_file(&aside);
        let mut file = create_private(&aside).map_err(failed)?;
        file.write_all(toml::to_string(self).unwrap_or_default().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&aside, &path).map_err(failed)
    }

    /// An account by its name.
    pub fn get(&self, name: &str) -> Option<&Account> {
        self.account.iter().find(|a| a.name == name)
    }

    /// The same, to change it.
    ///
    /// # Errors
    /// `unknown-account`.
    pub fn get_mut(&mut self, name: &str) -> Result<&mut Account, Problem> {
        let known = self.account.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ");
        self.account.iter_mut().find(|a| a.name == name).ok_or_else(|| {
            Problem::new(
                "unknown-account",
                name,
                Both::new("there is no account of this name", "no existe una cuenta con este nombre"),
                both!("accounts: {known}", "cuentas: {known}"),
            )
        })
    }
}

/// Refuses what names a person: an e-mail address, a name with a surname, a document's number.
///
/// # Errors
/// `account-name`.
pub fn check_name(name: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if (2..=40).contains(&name.len()) && name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase()) && digits < 6 {
        return Ok(());
    }
    Err(Problem::new(
        "account-name",
        name,
        Both::new(
            "is not the name of a desk or role (an e-mail address, a person's name or a document's number is refused)",
            "no es el nombre de una mesa o rol (no se admite un correo, el nombre de una persona ni un número de documento)",
        ),
        Both::new(
            "small letters, digits and hyphens, fewer than six digits: desk-peru, health-desk, press",
            "letras minúsculas, cifras y guiones, menos de seis cifras: mesa-peru, mesa-salud, prensa",
        ),
    )
    .exits(Exit::Refused))
}

/// Opens a new file that only its owner may read.
pub(crate) fn create_private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether only its owner may read a file; where a system has no such notion, its folder decides.
fn is_private(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 == 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_persons_are_refused() {
        for bad in ["ana@example.org", "ana.perez", "Ana", "12345678", "dni-12345678", "a", "desk peru", "../x", "ñandu", ""] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        for good in ["desk-peru", "press", "analyst-2", "mesa-salud"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_admin_sees_no_more_than_a_reader() {
        let account = |role| Account {
            name: "x".into(),
            role,
            tlp: Tlp::Green,
            recipients: BTreeSet::new(),
            disabled: false,
            password: String::new(),
        };
        assert_eq!(account(Role::Admin).clearance(), account(Role::Reader).clearance());
        assert!(account(Role::Releaser).clearance().inside && account(Role::Analyst).clearance().inside);
    }
}
