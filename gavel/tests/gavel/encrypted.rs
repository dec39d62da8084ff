//! The judge on servers that speak TLS alone, each vouched for by an authority of its own: that it trusts them
//! when it is told to, and nobody else, and that it tells no secret.

use crate::judge::{GAVEL, Judge, PATIENCE, hello};
use crate::nothing_lost;
use crate::stack::Stack;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_killed_function_is_replaced_within_seconds() {
    nothing_lost::a_killed_function_is_replaced_within_seconds(&Stack::encrypted());
}

#[test]
fn a_killed_judge_goes_on_where_it_was() {
    nothing_lost::a_killed_judge_goes_on_where_it_was(&Stack::encrypted());
}

/// A command on the stack.
fn command(stack: &Stack, arguments: &[&str]) -> Command {
    let mut command = Command::new(GAVEL);
    command.args(arguments).arg("--data").arg(stack.data.path());
    // All that can be said, to see that no secret is among it.
    command.envs(stack.environment()).env("GAVEL_LOG", "trace").stdin(Stdio::null());
    command
}

/// The same command with what is secret in files.
fn with_files(stack: &Stack, arguments: &[&str]) -> Command {
    let mut command = command(stack, arguments);
    for (secret, file) in [
        ("GAVEL_DATABASE", "GAVEL_DATABASE_FILE"),
        ("GAVEL_BROKER", "GAVEL_BROKER_FILE"),
        ("AWS_SECRET_ACCESS_KEY", "GAVEL_BLOBS_SECRET_FILE"),
    ] {
        let (_, value) = stack.environment().into_iter().find(|(name, _)| *name == secret).unwrap();
        let path = stack.data.path().join(file);
        std::fs::write(&path, format!("{value}\n")).unwrap();
        command.env_remove(secret).env(file, path);
    }
    command
}

/// What it said, in which there is no secret.
fn said(stack: &Stack, output: &Output) -> String {
    checked(stack, &[&output.stdout[..], &output.stderr].concat())
}

fn checked(stack: &Stack, said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said).into_owned();
    let secrets = stack.secrets();
    assert_eq!(secrets.len(), 3, "database, broker, packages");
    let told = secrets.iter().find(|secret| text.contains(*secret));
    assert!(told.is_none(), "{told:?} is in:\n{text}");
    text
}

#[test]
fn what_is_submitted_is_judged_and_no_secret_is_told() {
    let stack = Stack::encrypted();
    let log = stack.data.path().join("log");
    let mut api = command(&stack, &["api", "--listen", "127.0.0.1:0"]);
    let judge = Judge::run(api.stderr(std::fs::File::create(&log).unwrap()));
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    let deadline = Instant::now() + PATIENCE;
    // The relay may not have passed it on yet.
    while judge.get(&ada, &format!("submissions/{id}"))["state"] != "finished" {
        assert!(Instant::now() < deadline, "not judged");
        let output = with_files(&stack, &["function", "--once"]).output().unwrap();
        let said = said(&stack, &output);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    judge.interrupt();
    let logged = checked(&stack, &std::fs::read(&log).unwrap());
    assert!(logged.contains("the relay is connected"), "{logged}");

    for subcommand in ["api", "scale", "function", "up", "admin"] {
        let output = command(&stack, &[subcommand, "--help"]).output().unwrap();
        checked(&stack, &output.stdout);
        assert!(output.status.success(), "{subcommand}");
    }
    let both = with_files(&stack, &["scale"]).envs(stack.s3().unwrap().environment()).output();
    let refused = said(&stack, &both.unwrap());
    assert!(refused.contains("GAVEL_BLOBS_SECRET_FILE, not both"), "{refused}");
}

/// What is changed of a good environment, and what the refusal has to say.
struct Refusal {
    variables: Vec<(&'static str, String)>,
    removed: &'static str,
    option: &'static str,
    reason: &'static str,
    /// Whether it is one for those that stay, too: a broker that only hangs up is waited for.
    for_all: bool,
}

impl Refusal {
    fn of(
        variables: &[(&'static str, String)],
        option: &'static str,
        reason: &'static str,
    ) -> Self {
        Self { variables: variables.to_vec(), removed: "", option, reason, for_all: true }
    }

    fn without(self, removed: &'static str) -> Self {
        Self { removed, ..self }
    }
}

fn refusals(stack: &Stack) -> Vec<Refusal> {
    let (broker, s3) = (stack.broker().unwrap(), stack.s3().unwrap());
    let file = |path: PathBuf| path.into_os_string().into_string().unwrap();
    let database = |ssl: &str| {
        let (address, _) = stack.url().unwrap().split_once('?').unwrap();
        format!("{address}?{ssl}")
    };
    let others = database(&format!("sslmode=verify-full&sslrootcert={}", file(s3.authority())));
    let endpoint = |old: &str, new: &str| {
        let (_, url) =
            s3.environment().into_iter().find(|(name, _)| *name == "AWS_ENDPOINT").unwrap();
        ("AWS_ENDPOINT", url.replace(old, new))
    };
    let elsewhere = |url: &str| url.replace("127.0.0.1", "localhost");
    let allowed = ("AWS_ALLOW_HTTP", "true".to_owned());
    let plain_broker = ("GAVEL_BROKER", broker.url().replace("amqps:", "amqp:"));
    let no_user = ("GAVEL_BROKER", broker.url().replace("gavel:", "gavel:x"));
    vec![
        // Authorities of others, and none of ours.
        Refusal::of(&[("GAVEL_DATABASE", others)], "GAVEL_DATABASE", "certificate verify failed"),
        Refusal::of(&[("GAVEL_BROKER_CA", file(s3.authority()))], "GAVEL_BROKER", "UnknownIssuer"),
        Refusal::of(&[("GAVEL_BLOBS_CA", file(broker.authority()))], "blobs-ca", "UnknownIssuer"),
        Refusal::of(&[], "GAVEL_BROKER", "UnknownIssuer").without("GAVEL_BROKER_CA"),
        Refusal::of(&[], "blobs-ca", "UnknownIssuer").without("GAVEL_BLOBS_CA"),
        // A name that the certificate does not have.
        Refusal::of(
            &[("GAVEL_DATABASE", elsewhere(stack.url().unwrap()))],
            "GAVEL_DATABASE",
            "does not match host name",
        ),
        Refusal::of(&[("GAVEL_BROKER", elsewhere(&broker.url()))], "GAVEL_BROKER", "not valid for"),
        Refusal::of(&[endpoint("127.0.0.1", "localhost")], "AWS_ENDPOINT", "not valid for"),
        // Plain text.
        Refusal::of(
            &[("GAVEL_DATABASE", database("sslmode=disable"))],
            "GAVEL_DATABASE",
            "no encryption",
        ),
        Refusal::of(std::slice::from_ref(&plain_broker), "GAVEL_BROKER_CA", "amqps://"),
        Refusal {
            // It may hang up before it is heard what the server does not like.
            for_all: false,
            ..Refusal::of(&[plain_broker], "GAVEL_BROKER", "amqps").without("GAVEL_BROKER_CA")
        },
        Refusal::of(&[endpoint("https:", "http:")], "AWS_ENDPOINT", "AWS_ALLOW_HTTP"),
        Refusal::of(&[endpoint("https:", "http:"), allowed], "AWS_ENDPOINT", "cannot be used")
            .without("GAVEL_BLOBS_CA"),
        // Wrong passwords.
        Refusal::of(&[no_user], "GAVEL_BROKER", "ACCESS_REFUSED"),
        Refusal::of(
            &[("AWS_SECRET_ACCESS_KEY", "another".to_owned())],
            "AWS_SECRET_ACCESS_KEY",
            "SignatureDoesNotMatch",
        ),
    ]
}

#[test]
fn who_is_not_trusted_or_does_not_trust_is_named() {
    let stack = Stack::encrypted();
    let parts: [&[&str]; 3] =
        [&["function", "--once"], &["api", "--listen", "127.0.0.1:0"], &["scale"]];
    for Refusal { variables, removed, option, reason, for_all } in refusals(&stack) {
        for part in &parts[..if for_all { parts.len() } else { 1 }] {
            let mut command = command(&stack, part);
            command.envs(variables.iter().cloned()).env_remove(removed).env("GAVEL_LOG", "warn");
            let output = end_of(&mut command);
            let said = said(&stack, &output);
            let case = format!("{part:?} with {variables:?} without {removed:?}: {said}");
            assert_eq!(output.status.code(), Some(3), "{case}");
            assert!(said.contains(option) && said.contains(reason), "{case}");
        }
    }
}

/// What it said; killed where it starts instead of refusing.
fn end_of(command: &mut Command) -> Output {
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while process.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    // It has ended already where all is well.
    let _ = process.kill();
    process.wait_with_output().unwrap()
}
