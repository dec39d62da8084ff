//! Which database to use, and how to say so without its password.

use crate::DatabaseError;
use std::{fmt, path::PathBuf, str::FromStr};

/// Which database to use.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file: `sqlite:PATH`.
    Sqlite(PathBuf),
    /// A PostgreSQL server: `postgres://…`.
    Postgres(PostgresUrl),
}

/// A connection URI of libpq that has passed our checks.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl DatabaseUrl {
    /// The whole URL, password included: for the environment of our own processes, never for a command
    /// line, a log or a message. `None` where a path cannot be written as text.
    #[must_use]
    pub fn with_password(&self) -> Option<String> {
        match self {
            Self::Sqlite(path) => path.to_str().map(|path| format!("sqlite:{path}")),
            Self::Postgres(url) => Some(url.with_password().to_owned()),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseError;

    fn from_str(url: &str) -> Result<Self, DatabaseError> {
        Self::parse(url, cfg!(feature = "postgres-tls"))
    }
}

impl DatabaseUrl {
    /// The database of this URL, for a build that speaks TLS to PostgreSQL or does not.
    fn parse(url: &str, has_tls: bool) -> Result<Self, DatabaseError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(DatabaseError::Url("sqlite: needs a path to a file".into()));
            }
            return Ok(Self::Sqlite(path.into()));
        }
        let Some(parts) = Parts::of(url) else {
            return Err(DatabaseError::Url("must start with sqlite: or postgres://".into()));
        };
        parts.check().map_err(|wrong| DatabaseError::Url(wrong.into()))?;
        if !has_tls && let Some(parameter) = parts.parameters().find(|one| asks_for_tls(one)) {
            return Err(DatabaseError::Url(format!(
                "{parameter} asks for TLS, which this build does not speak to PostgreSQL: \
                 take one that was built with --features postgres-tls"
            )));
        }
        Ok(Self::Postgres(PostgresUrl(url.to_owned())))
    }
}

/// Without any password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PostgresUrl {
    pub(crate) fn with_password(&self) -> &str {
        &self.0
    }
}

/// The parameters that may be shown. All others are not, for some are secret (`password`,
/// `sslpassword`) and a name can be spelled in many ways.
const SHOWN: [&str; 7] =
    ["host", "hostaddr", "port", "dbname", "sslmode", "sslrootcert", "target_session_attrs"];

/// Host, database and harmless parameters.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = Parts::of(&self.0).ok_or(fmt::Error)?;
        write!(f, "postgres://{}{}", parts.hosts, parts.path)?;
        let shown = parts.parameters().filter(|parameter| SHOWN.contains(&name_of(parameter)));
        for (parameter, separator) in shown.zip(std::iter::once('?').chain(std::iter::repeat('&')))
        {
            write!(f, "{separator}{parameter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The parts of a connection URI, cut where libpq cuts it.
struct Parts<'a> {
    /// Name and password.
    user: &'a str,
    /// With their ports, separated by commas.
    hosts: &'a str,
    /// The database's name, after a slash.
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("postgres://").or(url.strip_prefix("postgresql://"))?;
        let (user, rest) = match rest.find(['@', '/']) {
            Some(at) if rest[at..].starts_with('@') => (&rest[..at], &rest[at + 1..]),
            _ => ("", rest),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Some(Self { user, hosts, path, query })
    }

    fn parameters(&self) -> impl Iterator<Item = &'a str> {
        self.query.split('&').filter(|parameter| !parameter.is_empty())
    }

    /// What is wrong, without quoting it. libpq quotes what it cannot read, and an unescaped password
    /// makes it take a part of that for something else: such a URL must not get there.
    fn check(&self) -> Result<(), &'static str> {
        for part in [self.user, self.hosts, self.path, self.query] {
            if !is_escaped(part) {
                return Err(
                    "a % must be followed by two hexadecimal digits, not 00; % itself is %25",
                );
            }
            if part.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err("there must be no spaces in it; a space is %20");
            }
        }
        let misplaced = self.user.contains('?')
            || [self.hosts, self.path, self.query].iter().any(|part| part.contains('@'))
            || !self.hosts.split(',').all(is_host);
        if misplaced {
            return Err("must be postgres://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE&…; \
                 in a password write @ / ? : % as %40 %2F %3F %3A %25");
        }
        if self.parameters().any(|parameter| parameter.split('=').count() != 2) {
            return Err("each parameter after the ? must be NAME=VALUE; a = in a value is %3D");
        }
        Ok(())
    }
}

fn name_of(parameter: &str) -> &str {
    parameter.split('=').next().unwrap_or_default()
}

/// Whether a parameter makes no sense without TLS. libpq refuses what spells one in another way.
fn asks_for_tls(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or_default();
    match name {
        "sslmode" => ["require", "verify-ca", "verify-full"].contains(&value),
        "sslrootcert" => true,
        _ => false,
    }
}

fn is_escaped(part: &str) -> bool {
    part.split('%').skip(1).all(|after| {
        let code = after.as_bytes().get(..2);
        code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit) && code != b"00")
    })
}

/// A name or an address, the latter in brackets where it has colons, and perhaps a port.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) if !address.is_empty() => (address, rest),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    !name.contains(['[', ']']) && port.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_known_scheme_is_refused() {
        for url in ["", "data/gavel.db", "mysql://x", "sqlite:", "host=db password=secret"] {
            assert!(url.parse::<DatabaseUrl>().is_err(), "{url}");
        }
        assert_eq!(
            "sqlite://data/gavel.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("data/gavel.db".into())
        );
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://gavel:secret@db:5432/gavel", "postgres://db:5432/gavel"),
            ("postgresql://gavel:secret@db", "postgres://db"),
            ("postgres://gavel:se%40cret@[::1]:5432,b/gavel", "postgres://[::1]:5432,b/gavel"),
            ("postgres://gavel:a:secret@db/gavel", "postgres://db/gavel"),
            (
                "postgres://db/gavel?password=secret&sslmode=verify-full&sslpassword=secret",
                "postgres://db/gavel?sslmode=verify-full",
            ),
            ("postgres:///gavel?pass%77ord=se%40cret&host=/run/x", "postgres:///gavel?host=/run/x"),
        ] {
            let parsed = DatabaseUrl::parse(url, true).unwrap();
            assert_eq!(format!("{parsed} {parsed:?}"), format!("{shown} {shown}"));
            assert_eq!(parsed.with_password().unwrap(), url);
        }
    }

    #[test]
    fn what_libpq_would_quote_is_refused_without_quoting_it() {
        for url in [
            "postgres://gavel:sec@ret@db/gavel",
            "postgres://gavel:sec/ret@db/gavel",
            "postgres://gavel:12/ret@db/gavel",
            "postgres://gavel:sec?ret@db/gavel",
            "postgres://db?password=sec@ret",
            "postgres://gavel:@secret?@db/gavel?sslmode=disable",
            "postgres://gavel:@secret?x=@db/gavel",
            "postgres://gavel:sec%ret@db/gavel",
            "postgres://gavel:sec%00ret@db/gavel",
            "postgres://gavel:sec ret@db/gavel",
            "postgres://gavel:sec@[ret/gavel",
            "postgres://gavel:sec@[::1]ret/gavel",
            "postgres://gavel@db/gavel?password=sec=ret",
            "postgres://gavel@db/gavel?sec-ret",
        ] {
            let refused = url.parse::<DatabaseUrl>().unwrap_err();
            let said = format!("{refused} {refused:?}");
            assert!(!said.contains("sec") && !said.contains("ret"), "{url}: {said}");
        }
    }

    #[test]
    fn tls_is_refused_where_it_is_not_spoken_not_left_out() {
        for parameter in
            ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "sslrootcert=ca.pem"]
        {
            let url = format!("postgres://gavel:secret@db/gavel?connect_timeout=5&{parameter}");
            let said = DatabaseUrl::parse(&url, false).unwrap_err().to_string();
            assert!(said.contains(parameter) && said.contains("postgres-tls"), "{said}");
            assert!(!said.contains("secret"), "{said}");
            assert!(DatabaseUrl::parse(&url, true).is_ok(), "{url}");
        }
        for url in ["postgres://db/gavel", "postgres://db/gavel?sslmode=disable"] {
            assert!(DatabaseUrl::parse(url, false).is_ok(), "{url}");
        }
    }
}
