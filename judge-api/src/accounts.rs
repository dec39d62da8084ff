//! Accounts: names, passwords and secrets.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use judge_types::Role;
use store::users::User;
use store::{AnyConnection, DatabaseError, users};

/// The longest name, in bytes.
pub const MAX_USERNAME: usize = 32;
/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 8;
/// The longest password, in bytes.
pub const MAX_PASSWORD: usize = 256;

/// An account cannot be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is not one.
    #[error(
        "the username must have 1 to {MAX_USERNAME} of the characters A-Z a-z 0-9 . _ - and start with a letter or digit"
    )]
    Username,
    /// The password is too short, too long or the name itself.
    #[error("the password {0}")]
    Password(&'static str),
    /// Somebody else has the name, or one that differs from it only by case.
    #[error("the username {0} is taken")]
    Taken(String),
    /// The password could not be hashed.
    #[error("hash the password: {0}")]
    Hash(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Checks a name for a new account.
///
/// # Errors
/// [`AccountError::Username`].
pub fn check_username(username: &str) -> Result<(), AccountError> {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
    let good = (1..=MAX_USERNAME).contains(&username.len())
        && username.bytes().all(allowed)
        && username.starts_with(|c: char| c.is_ascii_alphanumeric());
    if good { Ok(()) } else { Err(AccountError::Username) }
}

/// Checks a new password. Length is what counts (NIST SP 800-63B, section 5.1.1.2).
///
/// # Errors
/// [`AccountError::Password`].
pub fn check_password(username: &str, password: &str) -> Result<(), AccountError> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(AccountError::Password("must have at least 8 characters"));
    }
    if password.len() > MAX_PASSWORD {
        return Err(AccountError::Password("must have at most 256 bytes"));
    }
    if password.eq_ignore_ascii_case(username) {
        return Err(AccountError::Password("must not be the username"));
    }
    Ok(())
}

/// The password's argon2id hash in PHC string format. Takes 19 MiB and some 20 ms of a core.
///
/// # Errors
/// [`AccountError::Hash`] where the system gives no randomness or memory.
pub fn hash_password(password: &str) -> Result<String, AccountError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AccountError::Hash(error.to_string()))
}

/// Whether the password is the one that was hashed. A hash of `None`, for a user that does not
/// exist, takes the same time and is always wrong.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let argon2 = Argon2::default();
    let matches = argon2.verify_password(password.as_bytes(), hash.unwrap_or(NOBODYS_HASH)).is_ok();
    matches && hash.is_some()
}

/// A hash of the same cost as any other, which no known password has.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 256 random bits as text: the secret of a session or a token.
#[must_use]
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A password of 20 random characters that people can read out and type.
#[must_use]
pub fn new_password() -> String {
    // Without letters and digits that look alike: 32 of them, so each has 5 random bits.
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random = rand::random::<[u8; 20]>();
    random.map(|byte| char::from(LETTERS[usize::from(byte % 32)])).iter().collect()
}

/// Makes an account. Hashes the password: call it where blocking is allowed.
///
/// # Errors
/// [`AccountError`]; nothing is stored then.
pub fn create_user(
    connection: &mut AnyConnection,
    username: &str,
    password: &str,
    role: Role,
) -> Result<User, AccountError> {
    check_username(username)?;
    check_password(username, password)?;
    let hash = hash_password(password)?;
    users::create(connection, username, &hash, role)?
        .ok_or_else(|| AccountError::Taken(username.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_user_is_right() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("correct house", Some(&hash)));
        assert!(!verify_password("correct horse", None));
    }

    #[test]
    fn nobodys_hash_costs_what_every_hash_costs() {
        let cost = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert_eq!(cost(NOBODYS_HASH), cost(&hash_password("anything").unwrap()));
        // Read as a hash and found not to match, rather than not understood.
        let checked = Argon2::default().verify_password(b"anything", NOBODYS_HASH);
        assert_eq!(checked, Err(argon2::password_hash::Error::PasswordInvalid));
    }

    #[test]
    fn names_that_could_be_paths_or_markup_are_refused() {
        for name in ["", ".hidden", "-x", "a/b", "a b", "<b>", "ä", &"x".repeat(33)] {
            assert!(check_username(name).is_err(), "{name:?}");
        }
        for name in ["a", "Ada.Lovelace", "team-01_b"] {
            assert!(check_username(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn a_made_password_is_a_good_one() {
        let password = new_password();
        assert_eq!(password.len(), 20);
        check_password("admin", &password).unwrap();
        assert_ne!(password, new_password());
    }
}
