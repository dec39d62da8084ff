//! A steady load, then a hundred times as much, until everything has its verdict and nothing runs.

use crate::stand::{Kind, Stand, at};
use crate::table::{Times, count, print};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

const TEAMS: usize = 20;
const SURGE: f64 = 100.0;
/// How long the judge is looked at when it is idle.
const IDLE: Duration = Duration::from_secs(20);
/// How long the load is steady.
const STEADY: Duration = Duration::from_secs(90);
/// How often the pages are asked for meanwhile.
const GLANCE: Duration = Duration::from_millis(50);
/// Computes for so many seconds, then solves `hello`, in two languages.
const C: &str = "#include <stdio.h>\n#include <time.h>\n\
    int main(void) { while (clock() < SECONDS * CLOCKS_PER_SEC); puts(\"Hello, Judge!\"); }\n";
const PYTHON: &str =
    "import time\nwhile time.process_time() < SECONDS: pass\nprint('Hello, Judge!')\n";
const SECONDS: [&str; 3] = ["0.3", "0.8", "1.6"];

pub(crate) fn measure(per_minute: u64, seconds: u64) {
    let surge = Duration::from_secs(seconds);
    let reports = Kind::ALL.map(|kind| one(kind, count(per_minute as usize) / 60.0, surge));
    let head = ["", reports[0].kind.name(), reports[1].kind.name()];
    let figure = |name: &str, of: &dyn Fn(&Report) -> String| {
        vec![name.to_owned(), of(&reports[0]), of(&reports[1])]
    };
    let ms = |times: &Times, percent| format!("{:.1} ms", times.percentile(percent));
    let s = |times: &Times, percent| format!("{:.1} s", times.percentile(percent) / 1e3);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let rows = [
        figure("submissions", &|r| r.submissions.to_string()),
        figure("steady: longest queue wait", &|r| ms(&r.steady_wait, 100)),
        figure("surge: queue wait p50", &|r| s(&r.surge_wait, 50)),
        figure("surge: queue wait p99", &|r| s(&r.surge_wait, 99)),
        figure("cores at contestants' programs while tasks wait", &|r| percent(r.programs)),
        figure("slots at functions while tasks wait", &|r| percent(r.functions)),
        figure("idle: page and API p50", &|r| ms(&r.idle_glance, 50)),
        figure("idle: page and API p99", &|r| ms(&r.idle_glance, 99)),
        figure("all slots busy: page and API p50", &|r| ms(&r.busy_glance, 50)),
        figure("all slots busy: page and API p99", &|r| ms(&r.busy_glance, 99)),
        figure("surge: request to accepted p50", &|r| ms(&r.accepted, 50)),
        figure("surge: request to accepted p99", &|r| ms(&r.accepted, 99)),
        figure("last verdict to no executor", &|r| format!("{} ms", r.to_zero.as_millis())),
    ];
    println!("\n{per_minute} a minute, then {SURGE} times that for {seconds} s");
    print(&head, &rows);
}

struct Report {
    kind: Kind,
    submissions: usize,
    steady_wait: Times,
    surge_wait: Times,
    /// Program time over core time, from the surge's begin to the last claim.
    programs: f64,
    /// The same of the functions.
    functions: f64,
    idle_glance: Times,
    busy_glance: Times,
    accepted: Times,
    to_zero: Duration,
}

fn one(kind: Kind, per_second: f64, surge: Duration) -> Report {
    let stand = Stand::start(kind, &[]);
    let tokens: Vec<String> =
        (0..TEAMS).map(|number| stand.judge.register(&format!("team{number}"))).collect();
    // The package's way into the cache.
    stand.judge.events(&tokens[0], &send(&stand, &tokens[0], "0", 0));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let idle_glance = glance_during(&stand, || std::thread::sleep(IDLE));
    let steady = arrivals(&mut random, per_second, STEADY);
    let (steady, _) = play(&stand, &tokens, &steady);
    let began = judge_types::now();
    let plan = arrivals(&mut random, per_second * SURGE, surge);
    let mut sent = (Vec::new(), Times::default());
    let busy_glance = glance_during(&stand, || sent = play(&stand, &tokens, &plan));
    let (sent, accepted) = sent;
    let told = |sent: &[(usize, String)]| -> Vec<Vec<Value>> {
        sent.iter().map(|(team, id)| stand.judge.events(&tokens[*team], id)).collect()
    };
    let surged = told(&sent);
    let to_zero = until_nothing_runs(&stand, &surged);
    let steadily = told(&steady);
    let (programs, functions) = shares(&surged, began);
    let report = Report {
        kind,
        submissions: steadily.len() + surged.len(),
        steady_wait: waits(&steadily),
        surge_wait: waits(&surged),
        programs,
        functions,
        idle_glance,
        busy_glance,
        accepted,
        to_zero,
    };
    stand.judge.interrupt();
    report
}

/// When they come and what they are, by chance.
fn arrivals(random: &mut Xoshiro256PlusPlus, per_second: f64, time: Duration) -> Vec<Arrival> {
    let mut now = 0.0;
    let mut arrivals = Vec::new();
    loop {
        now += -(1.0 - random.random::<f64>()).ln() / per_second;
        if now > time.as_secs_f64() {
            return arrivals;
        }
        arrivals.push(Arrival {
            after: Duration::from_secs_f64(now),
            team: random.random_range(0..TEAMS),
            seconds: SECONDS[random.random_range(0..SECONDS.len())],
        });
    }
}

struct Arrival {
    after: Duration,
    team: usize,
    seconds: &'static str,
}

/// Sends each at its time, whatever became of the others; gives teams and ids, and how long each request took.
fn play(stand: &Stand, tokens: &[String], plan: &[Arrival]) -> (Vec<(usize, String)>, Times) {
    let began = Instant::now();
    let (mut sent, mut times) = (Vec::new(), Times::default());
    std::thread::scope(|scope| {
        let mut requests = Vec::new();
        for (number, arrival) in plan.iter().enumerate() {
            std::thread::sleep((began + arrival.after).saturating_duration_since(Instant::now()));
            requests.push(scope.spawn(move || {
                let began = Instant::now();
                let id = send(stand, &tokens[arrival.team], arrival.seconds, number);
                (arrival.team, id, began.elapsed())
            }));
        }
        for (team, id, time) in requests.into_iter().map(|request| request.join().unwrap()) {
            sent.push((team, id));
            times.add(time);
        }
    });
    (sent, times)
}

fn send(stand: &Stand, token: &str, seconds: &str, number: usize) -> String {
    let (language, name, text) =
        if number.is_multiple_of(2) { ("c", "a.c", C) } else { ("python3", "a.py", PYTHON) };
    stand.judge.submit(token, "hello", language, name, &text.replace("SECONDS", seconds))
}

/// How long a page and a list take while something else is done.
fn glance_during(stand: &Stand, act: impl FnOnce()) -> Times {
    let done = AtomicBool::new(false);
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let mut times = Times::default();
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut times = Vec::new();
            while !done.load(Ordering::SeqCst) {
                for path in ["/problems/hello", "/api/v1/problems"] {
                    std::thread::sleep(GLANCE);
                    let began = Instant::now();
                    let mut answer =
                        agent.get(format!("{}{path}", stand.judge.url)).call().unwrap();
                    answer.body_mut().read_to_string().unwrap();
                    times.push(began.elapsed());
                }
            }
            times
        });
        act();
        done.store(true, Ordering::SeqCst);
        looking.join().unwrap().into_iter().for_each(|time| times.add(time));
    });
    times
}

/// How long after the last verdict the last function is gone.
fn until_nothing_runs(stand: &Stand, told: &[Vec<Value>]) -> Duration {
    while !stand.judge.functions().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let last = told.iter().filter_map(|events| at(events, "finished")).max().unwrap();
    (judge_types::now() - last).unsigned_abs()
}

fn waits(told: &[Vec<Value>]) -> Times {
    let mut times = Times::default();
    told.iter().for_each(|events| times.add(crate::stand::between(events, "queued", "started")));
    times
}

/// Which shares of all cores the programs and the functions had from then until the last task was claimed.
fn shares(told: &[Vec<Value>], from: OffsetDateTime) -> (f64, f64) {
    let until = told.iter().filter_map(|events| at(events, "started")).max().unwrap();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let all = (until - from).as_seconds_f64() * count(cores);
    let (mut programs, mut functions) = (0.0, 0.0);
    for events in told {
        let (began, ended) = (at(events, "started").unwrap(), at(events, "finished").unwrap());
        functions += (ended.min(until) - began).as_seconds_f64();
        for run in events.iter().filter(|event| event["type"] == "run") {
            if at(std::slice::from_ref(run), "run").unwrap() <= until {
                programs += run["usage"]["cpu_ms"].as_f64().unwrap() / 1e3;
            }
        }
    }
    (programs / all, functions / all)
}
