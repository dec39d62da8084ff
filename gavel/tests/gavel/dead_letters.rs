//! A task that kills its functions: from its last try to the jury's click and the verdict.

use crate::judge::{Judge, PATIENCE, hello};
use crate::stack::{Stack, on_each_stack};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_each_stack! {
    what_kills_its_functions_comes_to_the_jury_and_from_there_to_its_verdict,
}

/// Kills every function until the judge gives up; gives the dead letter.
fn kill_until_given_up(judge: &Judge, jury: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let page = judge.get(jury, "dead-letters");
        if page["open"] == 1 {
            return page["dead_letters"][0].clone();
        }
        for function in judge.functions() {
            // It may have ended by itself since it was listed.
            let _ = std::process::Command::new("kill")
                .args(["-s", "KILL", &function.to_string()])
                .output();
        }
        assert!(Instant::now() < deadline, "never given up: {page:#}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn what_kills_its_functions_comes_to_the_jury_and_from_there_to_its_verdict(stack: &Stack) {
    let judge = stack.start(&["--slots", "1"]);
    let admin = judge.log_in("admin", judge.admin_password.as_deref().unwrap());
    let ada = judge.register("ada");
    let slow = format!("import time\ntime.sleep(1)\n{}", hello());
    let id = judge.submit(&ada, "hello", "python3", "a.py", &slow);
    let letter = kill_until_given_up(&judge, &admin);
    assert_eq!((&letter["submission_id"], &letter["kind"]), (&json!(id), &json!("delivery_limit")));
    let reason = letter["reason"].as_str().unwrap();
    let tries = letter["deliveries"].as_u64().unwrap();
    assert!(tries > 1 && reason.contains(&format!("tried {tries} times")), "{letter:#}");

    let detail = judge.get(&ada, &format!("submissions/{id}"));
    assert_eq!((&detail["state"], &detail["judgement_type_id"]), (&json!("running"), &Value::Null));
    // Another one of the same problem is judged as ever.
    let other = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    assert_eq!(judge.wait(&ada, &other)["judgement_type_id"], "AC");

    let retry = format!("dead-letters/{}/retry", letter["judgement_id"].as_str().unwrap());
    assert_eq!(judge.post(&admin, &retry, &json!({})).0, 201);
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    assert_eq!(judge.post(&admin, &retry, &json!({})).0, 200);
    assert_eq!(judge.get(&admin, "dead-letters")["open"], 0);

    // Those that were killed after their claim are on the bill beside the two that finished.
    let bill = judge.get(&admin, "metering?by=problem");
    let (all, lost) = (&bill["total"]["executions"], &bill["total"]["lost_executions"]);
    assert!(lost.as_u64() <= Some(tries), "{bill:#}");
    assert_eq!(all.as_u64().unwrap(), lost.as_u64().unwrap() + 2, "{bill:#}");
    judge.interrupt();
}
