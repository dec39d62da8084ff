//! Two whole judges on one PostgreSQL server, each with a data folder of its own, as on two machines.

use crate::exposition::Scrape;
use crate::judge::{Judge, hello, signal};
use crate::stack::Stack;
use std::path::Path;

/// Another judge on the stack's database and packages, with a folder of its own.
fn another(stack: &Stack, folder: &Path) -> Judge {
    let packages = format!("file://{}", stack.data.path().join("blobs").display());
    let options = ["--blobs", &packages, "--no-examples", "--metrics-listen", "127.0.0.1:0"];
    Judge::start_with(folder, stack.url(), &options)
}

fn scrape(judge: &Judge) -> Scrape {
    let url = judge.metrics.as_ref().expect("it says where its metrics are");
    Scrape::parse(&ureq::get(url).call().unwrap().into_body().read_to_string().unwrap())
}

/// Long enough for another judge to start meanwhile.
fn slow() -> String {
    format!("import time\ntime.sleep(8)\n{}", hello())
}

#[test]
fn a_judge_that_starts_leaves_alone_what_another_judges() {
    let stack = Stack::on_postgres();
    let first = stack.start(&[]);
    let ada = first.register("ada");
    let id = first.submit(&ada, "hello", "python3", "a.py", &slow());
    first.wait_for_event(&ada, &id, "compiled");

    let folder = tempfile::tempdir().unwrap();
    let second = another(&stack, folder.path());
    let state = &second.get(&ada, &format!("submissions/{id}"))["state"];
    assert_ne!(state, "finished", "the second one started too late to show anything");
    let detail = first.wait(&ada, &id);
    assert_eq!(detail["judgement_type_id"], "AC");
    let told = scrape(&second);
    assert!(told.get("gavel_function_empty_handed_total", &[]) == 0.0, "judged in vain");
    assert!(told.get("gavel_functions_total", &[("end", "held_elsewhere")]) == 0.0);

    // Either takes what either has accepted.
    let ids: Vec<_> = [&first, &second]
        .into_iter()
        .map(|judge| judge.submit(&ada, "hello", "python3", "a.py", &hello()))
        .collect();
    for id in &ids {
        assert_eq!(second.wait(&ada, id)["judgement_type_id"], "AC");
    }
    second.interrupt();
    first.interrupt();
}

#[test]
fn what_a_judge_had_taken_that_is_gone_is_judged_by_the_other() {
    let stack = Stack::on_postgres();
    let first = stack.start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let second = another(&stack, folder.path());
    let ada = first.register("ada");
    // The first one's bell rings, and the second looks only now and then.
    let id = first.submit(&ada, "hello", "python3", "a.py", &slow());
    first.wait_for_event(&ada, &id, "compiled");
    let (functions, survivor) = match first.functions() {
        functions if functions.is_empty() => (second.functions(), {
            second.kill();
            first
        }),
        functions => (functions, {
            first.kill();
            second
        }),
    };
    functions.into_iter().for_each(|pid| signal(pid, "KILL"));
    assert_eq!(survivor.wait(&ada, &id)["judgement_type_id"], "AC");
    survivor.interrupt();
}
