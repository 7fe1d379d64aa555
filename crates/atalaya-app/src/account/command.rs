//! `atalaya account`: who may sign in, and the log of what they did.

use std::path::Path;

use atalaya_kernel::label::Tlp;
use atalaya_kernel::{Both, Lang, Problem, both};
use clap::Subcommand;

use super::audit::Audit;
use super::{Account, Accounts, Role, check_name, password};

/// About accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add an account: a desk or role, never a person
    Add {
        /// Desk or role, e.g. desk-peru
        name: String,
        /// What it is for
        #[arg(long, value_enum)]
        role: Role,
        /// Strictest label it is shown [default: TLP:CLEAR; TLP:RED for analyst and releaser]
        #[arg(long, value_name = "LABEL", value_parser = tlp)]
        tlp: Option<Tlp>,
        /// Recipient it is one of, as labels name it; may be repeated
        #[arg(long, value_name = "NAME")]
        recipient: Vec<String>,
        /// Make a password and show it once
        #[arg(long)]
        generate: bool,
    },
    /// List the accounts
    List,
    /// Change an account's password; its sessions end
    Password {
        /// Account
        name: String,
        /// Make a password and show it once
        #[arg(long)]
        generate: bool,
    },
    /// Keep an account from signing in; its sessions end
    Disable {
        /// Account
        name: String,
        /// Let it sign in again
        #[arg(long)]
        undo: bool,
    },
    /// Remove an account; its sessions end
    Remove {
        /// Account
        name: String,
    },
    /// Show the audit log and check that no line is missing
    Audit {
        /// Only this many of the last lines
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

fn tlp(text: &str) -> Result<Tlp, String> {
    let known = || Tlp::ALL.map(Tlp::as_str).join(", ");
    Tlp::parse(text).ok_or_else(known)
}

/// Does it; what to print.
///
/// # Errors
/// `account-name`, `account-exists`, `unknown-account`, `password-weak`, `audit-cut`, `io`.
pub fn run(command: &AccountCommand, root: &Path, now: &str, lang: Lang) -> Result<(String, serde_json::Value), Problem> {
    let mut accounts = Accounts::read(root)?;
    let (what, name, shown) = match command {
        AccountCommand::List => return Ok(list(&accounts)),
        AccountCommand::Audit { limit } => return audit(root, *limit, lang),
        AccountCommand::Add { name, role, tlp, recipient, generate } => {
            check_name(name)?;
            if accounts.get(name).is_some() {
                return Err(exists(name));
            }
            let (hash, shown) = new_password(*generate, lang)?;
            let inside = matches!(role, Role::Analyst | Role::Releaser);
            let tlp = tlp.unwrap_or(if inside { Tlp::Red } else { Tlp::Clear });
            let recipients = recipient.iter().cloned().collect();
            accounts.account.push(Account { name: name.clone(), role: *role, tlp, recipients, disabled: false, password: hash });
            ("add", name, shown)
        }
        AccountCommand::Password { name, generate } => {
            accounts.get_mut(name)?;
            let (hash, shown) = new_password(*generate, lang)?;
            accounts.get_mut(name)?.password = hash;
            ("password", name, shown)
        }
        AccountCommand::Disable { name, undo } => {
            accounts.get_mut(name)?.disabled = !undo;
            (if *undo { "enable" } else { "disable" }, name, None)
        }
        AccountCommand::Remove { name } => {
            accounts.get_mut(name)?;
            accounts.account.retain(|a| a.name != *name);
            ("remove", name, None)
        }
    };
    accounts.write(root)?;
    Audit::at(root).note(now, "owner", &format!("account {what} {name}"), "ok")?;
    let text = match &shown {
        Some(password) => both!(
            "{name}: {password}\nshown once: hand it over and keep no copy\n",
            "{name}: {password}\nse muestra una sola vez: entréguela y no guarde copia\n"
        ),
        None => both!("{name}: done\n", "{name}: hecho\n"),
    };
    Ok((text.in_lang(lang).to_string(), serde_json::json!({ "account": name, "done": what, "password": shown })))
}

fn exists(name: &str) -> Problem {
    Problem::new(
        "account-exists",
        name,
        Both::new("there is an account of this name already", "ya existe una cuenta con este nombre"),
        both!("atalaya account password {name}, or another name", "atalaya account password {name}, u otro nombre"),
    )
}

fn new_password(generate: bool, lang: Lang) -> Result<(String, Option<String>), Problem> {
    if generate {
        let made = password::generate()?;
        return Ok((password::hash(&made)?, Some(made)));
    }
    let typed = password::ask(&Both::new("password", "contraseña"), &Both::new("once more", "otra vez"), lang)?;
    Ok((password::hash(&typed)?, None))
}

fn list(accounts: &Accounts) -> (String, serde_json::Value) {
    let mut text = String::new();
    for account in &accounts.account {
        let role = serde_json::to_value(account.role).unwrap_or_default();
        let to: Vec<&str> = account.recipients.iter().map(String::as_str).collect();
        let mark = if account.disabled { "  ✗" } else { "" };
        text += &format!("{:<20} {:<9} {:<16} {}{mark}\n", account.name, role.as_str().unwrap_or(""), account.tlp.as_str(), to.join(" "));
    }
    (text, shown(accounts))
}

/// The accounts without their passwords.
pub fn shown(accounts: &Accounts) -> serde_json::Value {
    let one = |a: &Account| serde_json::json!({ "name": a.name, "role": a.role, "clearance": a.clearance(), "disabled": a.disabled });
    serde_json::json!({ "accounts": accounts.account.iter().map(one).collect::<Vec<_>>() })
}

fn audit(root: &Path, limit: usize, lang: Lang) -> Result<(String, serde_json::Value), Problem> {
    let lines = Audit::at(root).read()?;
    let from = lines.len().saturating_sub(limit);
    let mut text: String =
        lines[from..].iter().map(|l| format!("{:>6}  {}  {:<20} {:<28} {}\n", l.n, l.at, l.who, l.what, l.outcome)).collect();
    let n = lines.len();
    text += both!("{n} lines, none missing\n", "{n} líneas, no falta ninguna\n").in_lang(lang);
    Ok((text, serde_json::json!({ "lines": n, "whole": true, "last": lines[from..] })))
}
