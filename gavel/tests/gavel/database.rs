//! A judge whose database is elsewhere, and who may know how to get in there.

use crate::judge::{GAVEL, hello};
use crate::stack::Stack;
use std::process::{Command, Output};

/// Runs `gavel` with this database in its environment.
fn gavel(stack: &Stack, url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(GAVEL);
    command.args(arguments).env("GAVEL_DATA", stack.data.path()).env("GAVEL_DATABASE", url);
    command.output().unwrap()
}

/// All that it said.
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    [text(&output.stdout), text(&output.stderr)].concat()
}

#[test]
fn accounts_are_made_where_the_variable_says() {
    let stack = Stack::on_postgres();
    let url = stack.url().unwrap();
    let made = gavel(&stack, url, &["admin", "create-user", "ada", "--generate"]);
    assert!(made.status.success(), "{}", said(&made));
    let listed = said(&gavel(&stack, url, &["admin", "users"]));
    assert!(listed.contains("ada"), "{listed}");
    assert!(!stack.data.path().join("gavel.db").exists());
}

#[test]
fn nobody_sees_the_password_of_the_database() {
    let stack = Stack::on_postgres();
    let url = stack.url().unwrap();
    let password = url.split(':').nth(2).unwrap().split('@').next().unwrap();
    for (url, arguments) in [
        (url.to_owned(), ["up", "--help"]),
        (url.replace('@', "@@"), ["admin", "users"]),
        (url.replace("postgres:", "postgrex:"), ["admin", "users"]),
        (url.replace("gavel:", "nobody:"), ["admin", "users"]),
        (url.replace("@127.0.0.1", "@host.invalid"), ["admin", "users"]),
    ] {
        let output = gavel(&stack, &url, &arguments);
        assert_eq!(output.status.success(), arguments[1] == "--help", "{arguments:?}");
        assert!(!said(&output).contains(password), "{arguments:?}: {}", said(&output));
    }

    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    let id =
        judge.submit(&ada, "hello", "python3", "a.py", &format!("while True: pass\n{}", hello()));
    judge.wait_for_event(&ada, &id, "compiled");
    let functions = judge.functions();
    assert_eq!(functions.len(), 1);
    for pid in [functions[0], judge.pid()] {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!String::from_utf8_lossy(&line).contains(password));
    }
    judge.interrupt();
}
