//! `gavel admin`: users, without a browser.

use crate::data::DataOptions;
use crate::terminal::{print_json, say};
use anyhow::{Context, bail};
use clap::Subcommand;
use comfy_table::{Table, presets::NOTHING};
use judge_api::accounts;
use judge_types::Role;
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;
use store::users::{RoleChange, User};
use store::{AnyConnection, database, tokens, users};

const MORE: &str = "\
Works on the database directly, whether the judge runs or not.

Exit codes: 0 done; 3 not done, and standard error says why.";

/// Where the users are, and what to do.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all users
    #[command(after_help = MORE)]
    Users {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a user; the password is asked for, read from standard input, or made and printed
    #[command(after_help = MORE)]
    CreateUser {
        username: String,
        /// contestant, jury or admin
        #[arg(long, default_value = "contestant")]
        role: Role,
        /// Make a password and print it
        #[arg(long)]
        generate: bool,
    },
    /// Give a user a new password, made and printed, and end their sessions and tokens
    #[command(after_help = MORE)]
    ResetPassword { username: String },
    /// Change what a user may do
    #[command(after_help = MORE)]
    SetRole {
        username: String,
        /// contestant, jury or admin
        role: Role,
    },
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    // Making a user may be the first thing that is done; anything else needs a judge's data.
    if !matches!(options.command, Command::CreateUser { .. }) {
        options.data.must_exist()?;
    }
    let url = options.data.prepared_database()?;
    let connection = &mut database::connect(&url)?;
    match &options.command {
        Command::Users { json } => list(connection, *json)?,
        Command::CreateUser { username, role, generate } => {
            let password = if *generate { accounts::new_password() } else { ask()? };
            accounts::create_user(connection, username, &password, *role)?;
            say!("Made {role} {username}.");
            if *generate {
                say!("Password: {password}");
            }
        }
        Command::ResetPassword { username } => {
            let user = find(connection, username)?;
            let password = accounts::new_password();
            let hash = accounts::hash_password(&password)?;
            database::write(connection, |connection| {
                users::set_password_hash(connection, user.id, &hash)?;
                tokens::revoke_all(connection, user.id)
            })?;
            say!("New password of {}: {password}", user.username);
        }
        Command::SetRole { username, role } => {
            let user = find(connection, username)?;
            match users::set_role(connection, user.id, *role)? {
                RoleChange::Made(user) => say!("{} is now {role}.", user.username),
                RoleChange::Nobody => bail!("{} is gone", user.username),
                RoleChange::LastAdmin => bail!("{} is the last administrator", user.username),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn find(connection: &mut AnyConnection, username: &str) -> anyhow::Result<User> {
    let found = users::by_username(connection, username)?;
    Ok(found.with_context(|| format!("there is no user {username:?}"))?.user)
}

/// A password from the terminal, without showing it, or else the first line of standard input.
fn ask() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ").context("read the password");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("read the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn list(connection: &mut AnyConnection, json: bool) -> anyhow::Result<()> {
    const PAGE: u32 = 500;
    let mut all: Vec<User> = Vec::new();
    loop {
        let page = users::list(connection, PAGE, u32::try_from(all.len())?)?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            break;
        }
    }
    if json {
        let rows: Vec<_> = all
            .iter()
            .map(|user| serde_json::json!({ "id": user.id, "username": user.username, "role": user.role }))
            .collect();
        return print_json(&rows);
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["username", "role", "since"]);
    for user in all {
        let since = user.created_at.date().to_string();
        table.add_row([user.username, user.role.to_string(), since]);
    }
    say!("{table}");
    Ok(())
}
