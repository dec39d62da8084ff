//! Executors and databases of this version among those of others.

use crate::exposition::Scrape;
use crate::judge::{GAVEL, Judge, PATIENCE, hello, signal};
use crate::stack::Stack;
use diesel::connection::SimpleConnection;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use store::broker::{self, consumer};
use store::database;

/// A subcommand on the stack's database, broker and packages.
fn command(stack: &Stack, arguments: &[&str]) -> Command {
    let mut command = Command::new(GAVEL);
    command.args(arguments).arg("--data").arg(stack.data.path());
    command.env("GAVEL_DATABASE", stack.url().unwrap()).stdin(Stdio::null());
    command.envs(stack.broker().map(|broker| ("GAVEL_BROKER", broker.url())));
    command.env("GAVEL_LOG", "info,lapin=off");
    command
}

/// A scaler that tells what it counts, and logs to a file.
struct Scaler {
    process: Child,
    metrics: String,
}

impl Scaler {
    fn start(stack: &Stack, log: &Path) -> Self {
        let mut scale = command(stack, &["scale", "--metrics-listen", "127.0.0.1:0"]);
        let log = File::create(log).unwrap();
        let mut process = scale.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let metrics = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_prefix("metrics ").map(|url| url.trim().to_owned()));
        // What it says later finds a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, metrics: metrics.expect("it says where its metrics are") }
    }

    fn wait_for(&self, name: &str, at_least: f64) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = ureq::get(&self.metrics).call().unwrap().into_body().read_to_string();
            let value = Scrape::parse(&text.unwrap()).get(name, &[]);
            if value >= at_least {
                return;
            }
            assert!(Instant::now() < deadline, "{name} is {value}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn stop(mut self) {
        signal(self.process.id(), "INT");
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Scaler {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Brings the task that waits at the broker, and in the database, to another version; gives what was there.
fn reversion(stack: &Stack, version: u32) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let broker = stack.broker().unwrap().url().parse().unwrap();
    let deadline = Instant::now() + PATIENCE;
    let task = loop {
        let fetched = runtime.block_on(consumer::fetch(&broker, "test")).unwrap();
        if let Some((message, held)) = fetched {
            runtime.block_on(async {
                message.acknowledge().await;
                held.close().await;
            });
            break String::from_utf8(message.body).unwrap();
        }
        assert!(Instant::now() < deadline, "no task is published");
    };
    let of_version = |number| format!(r#""version":{number},"#);
    let other = task.replace(&of_version(judge_types::TASK_VERSION), &of_version(version));
    assert_ne!(task, other);
    stack.connect().batch_execute(&format!("UPDATE outbox SET task = '{other}'")).unwrap();
    let lane = judge_types::Lane::Contest;
    runtime.block_on(broker::publish(&broker, lane, other.as_bytes())).unwrap();
    task
}

#[test]
fn a_task_of_another_version_waits_for_a_scaler_that_reads_it() {
    for version in [judge_types::HELP_TASK_VERSION + 1, judge_types::TASK_VERSION - 1] {
        let stack = Stack::on_parts();
        let data = stack.data.path();
        let judge = Judge::start_api(data, &stack.environment());
        let ada = judge.register("ada");
        let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
        let readable = reversion(&stack, version);

        let log = data.join("scaler.log");
        let scaler = Scaler::start(&stack, &log);
        // One that kills its functions would be given up after four.
        scaler.wait_for("gavel_tasks_left_to_other_versions_total", 5.0);
        let waiting = judge.get(&ada, &format!("submissions/{id}"));
        assert_eq!((&waiting["state"], &waiting["position"]), (&"queued".into(), &1.into()));
        let log = std::fs::read_to_string(log).unwrap();
        assert_eq!(log.matches("of another version").count(), 1, "{log}");

        // Now the scaler is of the task's version.
        let again = format!("UPDATE outbox SET task = '{readable}'");
        stack.connect().batch_execute(&again).unwrap();
        assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
        scaler.stop();
        judge.interrupt();
    }
}

/// What a newer version does first: it adds something, and says so.
fn migrate_as_a_newer_version(stack: &Stack) {
    let sql = "ALTER TABLE judgements ADD COLUMN of_a_newer_version TEXT; \
               INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000');";
    stack.connect().batch_execute(sql).unwrap();
}

#[test]
fn who_judges_goes_on_while_a_newer_version_changes_the_tables() {
    for stack in [Stack::on_parts(), Stack::on_postgres()] {
        let judge = stack.start(&[]);
        let ada = judge.register("ada");
        let slow = format!("import time\ntime.sleep(1)\n{}", hello());
        let before = judge.submit(&ada, "hello", "python3", "a.py", &slow);
        judge.wait_for_event(&ada, &before, "compiled");
        migrate_as_a_newer_version(&stack);
        let after = judge.submit(&ada, "hello", "python3", "a.py", &hello());
        for id in [before, after] {
            assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
        }
        judge.interrupt();
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn nobody_starts_on_tables_of_a_newer_version() {
    let stack = Stack::on_parts();
    database::migrate(&stack.url().unwrap().parse().unwrap()).unwrap();
    migrate_as_a_newer_version(&stack);
    for subcommand in [
        &["up", "--listen", "127.0.0.1:0"][..],
        &["api", "--listen", "127.0.0.1:0"],
        &["scale"],
        &["function", "--once"],
        &["function", "--drain"],
        &["admin", "users"],
    ] {
        // `gavel admin` has its options before its commands.
        let mut gavel = Command::new(GAVEL);
        gavel.args(subcommand).env("GAVEL_DATA", stack.data.path()).stdin(Stdio::null());
        gavel.env("GAVEL_DATABASE", stack.url().unwrap());
        let output = gavel.env("GAVEL_BROKER", stack.broker().unwrap().url()).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{subcommand:?}: {output:?}");
        let said = said(&output);
        assert!(said.contains("newer version of Gavel"), "{subcommand:?}: {said}");
        assert!(said.contains("29991231000000"), "{subcommand:?}: {said}");
    }
}

#[test]
fn a_scaler_brings_tables_of_an_older_version_to_its_own() {
    let stack = Stack::on_parts();
    let url = stack.url().unwrap().parse().unwrap();
    database::migrate(&url).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut migrations: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    migrations.sort();
    let newest = migrations.pop().unwrap();
    let version: String =
        newest.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().replace('-', "");
    let down = std::fs::read_to_string(newest.join("down.sql")).unwrap();
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
    stack.connect().batch_execute(&format!("{down}; {forget}")).unwrap();

    let output = command(&stack, &["function", "--once"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    judge.interrupt();
}
