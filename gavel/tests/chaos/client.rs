//! The web server, as teams and the jury reach it.

use crate::world::{JURY, World};
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use ureq::{Agent, Body, Error, http::Response};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Far longer than the web server is away at a time: a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks the web server for things, again and again where it is away.
pub(crate) struct Client {
    url: String,
    agent: Agent,
}

impl Client {
    pub(crate) fn new(world: &World) -> Self {
        let config = Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(20))).build().into();
        Self { url: world.url(), agent }
    }

    /// A token of this user, who is registered the first time.
    pub(crate) fn register(&self, username: &str) -> String {
        let account = json!({ "username": username, "password": JURY.1 });
        // Refused where the account is there already.
        self.until_answered(|agent, url| agent.post(format!("{url}/register")).send_json(&account));
        self.log_in(username)
    }

    /// A token of a user with the password that all have.
    pub(crate) fn log_in(&self, username: &str) -> String {
        let account = json!({ "username": username, "password": JURY.1 });
        let answer = self
            .until_answered(|agent, url| agent.post(format!("{url}/login")).send_json(&account));
        answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Value {
        self.until_answered(|agent, url| {
            let bearer = format!("Bearer {token}");
            agent.get(format!("{url}/{path}")).header("Authorization", bearer).call()
        })
    }

    pub(crate) fn post(&self, token: &str, path: &str) -> Value {
        self.until_answered(|agent, url| {
            let bearer = format!("Bearer {token}");
            agent.post(format!("{url}/{path}")).header("Authorization", bearer).send_json(json!({}))
        })
    }

    /// Gives the problem `hello` a new version, with the same tests. Where the disk of the packages is full it may be
    /// refused as the server's own failure, and as nothing else.
    pub(crate) fn upload_a_package(&self, number: u64, may_be_full: bool) {
        let token = self.log_in(JURY.0);
        let zip = package(number);
        let upload = || {
            let bearer = format!("Bearer {token}");
            let put = self.agent.put(format!("{}/problems/hello", self.url));
            put.header("Authorization", bearer).header("Content-Type", "application/zip").send(&zip)
        };
        let began = Instant::now();
        loop {
            match upload() {
                Ok(answer) if answer.status() == 200 => return,
                Ok(answer) if answer.status().is_server_error() && may_be_full => return,
                Ok(mut answer) if !answer.status().is_server_error() => {
                    panic!("{}: {:?}", answer.status(), answer.body_mut().read_to_string());
                }
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
            assert!(began.elapsed() < PATIENCE, "the web server takes no package");
        }
    }

    /// Asks until there is an answer that is not about the server's own trouble.
    pub(crate) fn until_answered(
        &self,
        ask: impl Fn(&Agent, &str) -> Result<Response<Body>, Error>,
    ) -> Value {
        let began = Instant::now();
        loop {
            if let Ok(mut answer) = ask(&self.agent, &self.url)
                && !answer.status().is_server_error()
                && answer.status() != 429
                && let Ok(value) = answer.body_mut().read_json()
            {
                return value;
            }
            assert!(began.elapsed() < PATIENCE, "the web server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The example problem `hello`, with an attachment that makes it another package.
fn package(number: u64) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../problems/examples/hello");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    add_folder(&mut zip, &root, "hello");
    let name = "hello/attachments/number.txt";
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    // More than fits where the disk is nearly full.
    zip.write_all(format!("{number}\n").repeat(20_000).as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

fn add_folder(zip: &mut ZipWriter<Cursor<Vec<u8>>>, folder: &Path, name: &str) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add_folder(zip, &entry.path(), &name);
        } else {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
