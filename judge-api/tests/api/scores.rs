//! Scores, groups and talks: who sees what of them.

use crate::package::Package;
use crate::support::{On, TestApp, answer, on_each_database};
use judge_types::{
    CompileResult, Conclusion, ExecutionUsage, GroupResult, GroupResults, Role, RunResult,
    RunUsage, Score, Verdict,
};
use serde_json::Value;

on_each_database! {
    contestants_see_groups_where_the_problem_shows_them,
}

fn score(number: f64) -> Option<Score> {
    Score::new(number).ok()
}

fn run(ordinal: u32, transcript: &str) -> RunResult {
    RunResult {
        ordinal,
        test_case: format!("secret/{ordinal}"),
        is_sample: false,
        verdict: Verdict::Accepted,
        score: score(30.0),
        usage: RunUsage::default(),
        ending: String::new(),
        judge_message: None,
        team_message: None,
        transcript: Some(transcript.to_owned()),
    }
}

async fn contestants_see_groups_where_the_problem_shows_them(on: On) {
    let app = TestApp::start(on).await;
    app.install(&Package::sum()).await;
    let (person, jury) = (app.person("ada", Role::Contestant), app.person("jo", Role::Jury));
    let group = |name: &str, verdict, number| GroupResult {
        name: name.into(),
        verdict,
        score: score(number),
        max_score: score(70.0),
    };
    for shown_to_team in [true, false] {
        let submission = app.submit(&person).await;
        let lease = app.claim(submission);
        let groups = vec![
            group("", Some(Verdict::WrongAnswer), 30.0),
            group("secret/a", Some(Verdict::Accepted), 30.0),
            group("secret/b", None, 0.0),
        ];
        let conclusion = Conclusion {
            verdict: Verdict::WrongAnswer,
            usage: RunUsage::default(),
            score: score(30.0),
            groups: Some(GroupResults { shown_to_team, groups }),
        };
        let compiled =
            CompileResult { success: true, output: String::new(), usage: RunUsage::default() };
        app.db(|connection| {
            lease.compiled(connection, &compiled).unwrap();
            lease.add_run(connection, &run(1, "<3\n>4\n"), 1).unwrap();
            lease.finish(connection, &conclusion, &ExecutionUsage::default()).unwrap();
        });
        let address = format!("/api/v1/submissions/{submission}");
        let (_, own) = answer(app.get(&address).bearer_auth(&person.token)).await;
        let (_, whole) = answer(app.get(&address).bearer_auth(&jury.token)).await;
        assert_eq!((&own["score"], &whole["score"]), (&30.0.into(), &30.0.into()));
        let names = |detail: &Value| -> Vec<String> {
            let groups = detail["judgement"]["groups"].as_array().cloned().unwrap_or_default();
            groups.iter().map(|group| group["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&whole), ["secret/a", "secret/b"]);
        assert_eq!(names(&own), if shown_to_team { names(&whole) } else { Vec::new() });
        assert_eq!(whole["runs"][0]["transcript"], "<3\n>4\n");
        assert_eq!(whole["runs"][0]["score"], 30.0);
        assert_eq!(
            (&own["runs"][0]["transcript"], &own["runs"][0]["score"]),
            (&Value::Null, &Value::Null)
        );
        let events = app.get(&format!("{address}/events")).bearer_auth(&person.token);
        let events = events.send().await.unwrap().text().await.unwrap();
        assert!(events.contains(r#""score":30.0"#), "{events}");
        assert!(!events.contains("secret/a") && !events.contains("transcript"), "{events}");
        let page = app.get(&format!("/submissions/{submission}")).bearer_auth(&jury.token);
        let page = page.send().await.unwrap().text().await.unwrap();
        assert!(page.contains("30 points") && page.contains("What was said"), "{page}");
    }
}
