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
    the_best_score_counts_unless_the_contest_says_the_last,
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
        output: None,
        error_output: None,
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

async fn the_best_score_counts_unless_the_contest_says_the_last(on: On) {
    let app = TestApp::start(on).await;
    app.install(&Package::sum()).await;
    let (ada, ben) = (app.person("ada", Role::Contestant), app.person("ben", Role::Contestant));
    let (jury, admin) = (app.person("jo", Role::Jury), app.person("root", Role::Admin));
    let mut sent = Vec::new();
    for (person, points) in [(&ada, 30.0), (&ben, 5.0), (&ada, 70.0), (&ada, 50.0)] {
        let submission = app.submit(person).await;
        let lease = app.claim(submission);
        let conclusion = Conclusion {
            score: score(points),
            ..Conclusion::pass_fail(Verdict::WrongAnswer, RunUsage::default())
        };
        app.db(|connection| {
            lease.finish(connection, &conclusion, &ExecutionUsage::default()).unwrap();
        });
        sent.push(submission.to_string());
    }
    let address = format!("/api/v1/contests/{}", app.contest);
    let counted = async |token: &str| -> Vec<(String, f64, String, u64)> {
        let scores = answer(app.get(&format!("{address}/scores")).bearer_auth(token)).await.1;
        let row = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            let submissions = row["submissions"].as_u64().unwrap();
            (text("username"), row["score"].as_f64().unwrap(), text("submission_id"), submissions)
        };
        scores.as_array().unwrap().iter().map(row).collect()
    };
    let ben_row = ("ben".to_owned(), 5.0, sent[1].clone(), 1);
    let ada_row = |index: usize, points| ("ada".to_owned(), points, sent[index].clone(), 3);
    assert_eq!(counted(&jury.token).await, [ada_row(2, 70.0), ben_row.clone()]);
    assert_eq!(counted(&ben.token).await, std::slice::from_ref(&ben_row));
    let change = |rule: &str| {
        let body = serde_json::json!({ "score_rule": rule });
        let request = app.request(reqwest::Method::PATCH, &address).bearer_auth(&admin.token);
        answer(request.json(&body))
    };
    assert_eq!(change("worst").await.0, 400);
    let (status, contest) = change("last").await;
    assert_eq!((status.as_u16(), &contest["score_rule"]), (200, &"last".into()));
    assert_eq!(counted(&jury.token).await, [ada_row(3, 50.0), ben_row]);
    let listed = answer(app.get("/api/v1/contests").bearer_auth(&ben.token)).await.1;
    assert_eq!(listed[0]["score_rule"], "last");
    let page = app.get("/problems/sum").bearer_auth(&ada.token).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("50 points"));
}
