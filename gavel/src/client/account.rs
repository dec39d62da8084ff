//! Which judge to talk to, and as whom: the environment, or a small file.

use crate::user_folder::user_folder;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What `gavel login` remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// The judge's address, without a slash at the end.
    pub(crate) url: String,
    /// The bearer token.
    pub(crate) token: String,
}

/// Where the account is kept: `$XDG_CONFIG_HOME/gavel/config.toml` or `~/.config/gavel/config.toml`.
pub(crate) fn path() -> anyhow::Result<PathBuf> {
    let folder = user_folder("XDG_CONFIG_HOME", ".config");
    let folder = folder.context("there is no home folder; set XDG_CONFIG_HOME")?;
    Ok(folder.join("config.toml"))
}

/// Which judge to talk to.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct JudgeOptions {
    /// The judge's address instead of the one logged in to
    #[arg(long, env = "GAVEL_URL")]
    pub(crate) url: Option<String>,
    /// The token to log in with
    #[arg(long, env = "GAVEL_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
}

impl JudgeOptions {
    /// The account to use: what the options or the environment say goes before what the file says.
    pub(crate) fn account(&self, file: &Path) -> anyhow::Result<Account> {
        account(self.url.as_deref(), self.token.as_deref(), file)
    }
}

fn account(url: Option<&str>, token: Option<&str>, file: &Path) -> anyhow::Result<Account> {
    let saved = match fs::read_to_string(file) {
        Ok(text) => Some(
            toml::from_str::<Account>(&text).with_context(|| format!("read {}", file.display()))?,
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("read {}", file.display())),
    };
    let url = url.map(clean_url).or_else(|| saved.as_ref().map(|saved| saved.url.clone()));
    let Some(url) = url else {
        bail!("no judge to send to: run `gavel login URL`, or set GAVEL_URL and GAVEL_TOKEN");
    };
    // A token is for the judge that gave it, and is sent to no other.
    let saved = saved.filter(|saved| saved.url == url).map(|saved| saved.token);
    let Some(token) = token.map(str::to_owned).or(saved) else {
        bail!("not logged in to {url}: run `gavel login {url}`, or set GAVEL_TOKEN");
    };
    Ok(Account { url, token })
}

/// Writes the account where nobody else may read it.
pub(crate) fn save(account: &Account, file: &Path) -> anyhow::Result<()> {
    let text = toml::to_string(account).context("write the account as TOML")?;
    let write = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = file.with_extension("toml.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(&new)?.write_all(text.as_bytes())?;
        fs::rename(&new, file)
    };
    write().with_context(|| format!("write {}", file.display()))
}

/// An address as it is kept, so that `http://host/` and `http://host` are one judge.
pub(crate) fn clean_url(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_saved_account_is_private_and_used_for_its_own_judge_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gavel/config.toml");
        assert!(account(None, None, &file).is_err());
        let saved = Account { url: "http://a".into(), token: "t".into() };
        save(&saved, &file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(account(None, None, &file).unwrap(), saved);
        assert_eq!(account(Some("http://a/"), None, &file).unwrap(), saved);
        assert!(account(Some("http://b"), None, &file).is_err());
        let given = account(Some("http://b"), Some("u"), &file).unwrap();
        assert_eq!(given, Account { url: "http://b".into(), token: "u".into() });
    }
}
