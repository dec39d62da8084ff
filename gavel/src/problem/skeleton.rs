//! What a new package holds: a problem that is small and whole, to be replaced piece by piece.

use judge_types::ProblemId;

/// What sort of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    PassFail,
    Scoring,
    Interactive,
}

/// The files of a package of version 2025-09: paths and contents.
pub(super) fn files(kind: Kind, title: &str) -> Vec<(String, String)> {
    let mut files = vec![("problem.yaml".to_owned(), metadata(kind, title))];
    let mut add = |path: &str, content: &str| files.push((path.to_owned(), content.to_owned()));
    match kind {
        Kind::PassFail | Kind::Scoring => sums(kind, &mut add),
        Kind::Interactive => guessing(&mut add),
    }
    files
}

fn metadata(kind: Kind, title: &str) -> String {
    let kind_name = match kind {
        Kind::PassFail => "pass-fail",
        Kind::Scoring => "scoring",
        Kind::Interactive => "interactive",
    };
    // JSON's strings are YAML's, too.
    let title = serde_json::Value::from(title);
    format!(
        "problem_format_version: 2025-09\ntype: {kind_name}\nname:\n  en: {title}\n# Never changes: by it, judges know the problem again.\nuuid: {}\nlicense: unknown\nlimits:\n  # Without time_limit it follows from the slowest accepted submission.\n  time_multipliers:\n    ac_to_time_limit: 2\n    time_limit_to_tle: 1.5\n",
        ProblemId::new()
    )
}

/// The sum of two numbers.
fn sums(kind: Kind, add: &mut dyn FnMut(&str, &str)) {
    add(
        "statement/problem.en.md",
        "Add two numbers.\n\n## Input\n\nTwo integers $a$ and $b$ ($0 \\le a, b \\le 10^9$).\n\n## Output\n\nTheir sum.\n",
    );
    add("data/sample/1.in", "1 2\n");
    add("data/sample/1.ans", "3\n");
    let [small, large] = match kind {
        Kind::Scoring => ["data/secret/1-small", "data/secret/2-large"],
        _ => ["data/secret", "data/secret"],
    };
    if kind == Kind::Scoring {
        add(&format!("{small}/test_group.yaml"), "max_score: 40\n");
        add(&format!("{large}/test_group.yaml"), "max_score: 60\nrequire_pass: secret/1-small\n");
    }
    add(&format!("{small}/01-zero.in"), "0 0\n");
    add(&format!("{small}/01-zero.ans"), "0\n");
    add(&format!("{large}/02-large.in"), "1000000000 1000000000\n");
    add(&format!("{large}/02-large.ans"), "2000000000\n");
    add("data/invalid_input/negative.in", "-1 2\n");
    add(
        "input_validators/numbers.ctd",
        "INT(0,1000000000)\nSPACE\nINT(0,1000000000)\nNEWLINE\nEOF\n",
    );
    add("submissions/accepted/sum.py", "print(sum(map(int, input().split())))\n");
    match kind {
        Kind::Scoring => {
            add(
                "submissions/mixed/small_numbers.py",
                "a, b = map(int, input().split())\nprint((a + b) % 10**9)\n",
            );
            add(
                "submissions/submissions.yaml",
                "mixed/small_numbers.py:\n  score: 40\n  secret/1-small:\n    permitted: [AC]\n  secret/2-large:\n    required: [WA]\n",
            );
        }
        _ => add(
            "submissions/wrong_answer/small_numbers.py",
            "a, b = map(int, input().split())\nprint((a + b) % 10**9)\n",
        ),
    }
}

/// Guessing a number.
fn guessing(add: &mut dyn FnMut(&str, &str)) {
    add(
        "statement/problem.en.md",
        "Guess a number from 1 to 1000, in 10 guesses at most.\n\n## Interaction\n\nPrint a guess, and read `lower`, `higher` or `correct`: that is what the number is, compared with your guess. Flush your output after each guess.\n",
    );
    add("data/sample/1.interaction", ">500\n<lower\n>123\n<correct\n");
    for (name, number) in
        [("01-least", 1), ("02-most", 1000), ("03-middle", 500), ("04-other", 123)]
    {
        add(&format!("data/secret/{name}.in"), &format!("{number}\n"));
        add(&format!("data/secret/{name}.ans"), "");
    }
    add("data/invalid_input/zero.in", "0\n");
    add("input_validators/number.ctd", "INT(1,1000)\nNEWLINE\nEOF\n");
    add("output_validator/validate.py", VALIDATOR);
    add("submissions/accepted/halving.py", HALVING);
    add(
        "submissions/wrong_answer/upwards.py",
        "guess = 1\nwhile True:\n    print(guess, flush=True)\n    if input() == 'correct':\n        break\n    guess += 1\n",
    );
    add("submissions/run_time_error/silent.py", "raise SystemExit(1)\n");
}

const VALIDATOR: &str = r#"import sys

ACCEPT, REJECT = 42, 43


def reject(why):
    with open(sys.argv[3] + "judgemessage.txt", "w") as message:
        message.write(why + "\n")
    sys.exit(REJECT)


number = int(open(sys.argv[1]).read())
try:
    for _ in range(10):
        line = sys.stdin.readline()
        try:
            guess = int(line)
        except ValueError:
            reject(f"{line[:50]!r} is no guess")
        if guess == number:
            print("correct", flush=True)
            sys.exit(ACCEPT)
        print("lower" if number < guess else "higher", flush=True)
except BrokenPipeError:
    reject("the submission is gone")
reject("the number was not guessed")
"#;

const HALVING: &str = "low, high = 1, 1000
while True:
    guess = (low + high) // 2
    print(guess, flush=True)
    answer = input()
    if answer == 'correct':
        break
    if answer == 'lower':
        high = guess - 1
    else:
        low = guess + 1
";
