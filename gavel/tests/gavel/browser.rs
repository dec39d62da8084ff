//! The pages in a real browser, driven over WebDriver (W3C): Chromium, without a screen.

use crate::judge::{Judge, PATIENCE, example};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::prelude::*;

/// How often to look at a page that is waited for.
const GLANCE: Duration = Duration::from_millis(25);

/// A browser with a profile of its own; it ends with the test, however that ends.
struct Browser {
    page: WebDriver,
    url: String,
    /// Ends the browser when it ends.
    chromedriver: Child,
    _profile: TempDir,
}

impl Browser {
    async fn start(judge: &Judge, has_scripts: bool) -> Self {
        // Told to end by the kernel when the test's thread does, even if nothing is dropped.
        let mut chromedriver = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "chromedriver", "--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("setpriv (util-linux) is installed");
        let mut lines = BufReader::new(chromedriver.stdout.take().unwrap()).lines();
        let port = lines
            .find_map(|line| {
                let line = line.unwrap();
                let port = line.split_once("started successfully on port ")?.1;
                Some(port.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver (Debian package chromium-driver) says where it listens");
        let profile = tempfile::tempdir().unwrap();
        let mut wishes = DesiredCapabilities::chrome();
        for option in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1200,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            wishes.add_arg(option).unwrap();
        }
        if !has_scripts {
            let blocked =
                serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
            wishes.add_experimental_option("prefs", blocked).unwrap();
        }
        wishes.set("goog:loggingPrefs", json!({ "browser": "ALL" })).unwrap();
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await.unwrap();
        Self { page, url: judge.url.clone(), chromedriver, _profile: profile }
    }

    /// Asks it to end, and waits until it has.
    async fn quit(self) {
        self.page.clone().quit().await.unwrap();
    }

    async fn open(&self, path: &str) {
        self.page.goto(format!("{}{path}", self.url)).await.unwrap();
    }

    /// Waits for something to be on the page.
    async fn see(&self, selector: &str) -> WebElement {
        self.page.query(By::Css(selector)).wait(PATIENCE, GLANCE).first().await.unwrap()
    }

    /// Waits for something on the page that says this.
    async fn see_text(&self, selector: &str, text: &str) {
        let text = text.to_owned();
        let says = move |element: WebElement| {
            let text = text.clone();
            // What was replaced while it was looked at is looked for again.
            async move { Ok(element.text().await.is_ok_and(|found| found.contains(&text))) }
        };
        let query = self.page.query(By::Css(selector)).wait(PATIENCE, GLANCE);
        query.with_filter(says).first().await.unwrap();
    }

    async fn fill(&self, field: &str, text: &str) {
        self.see(&format!("[name={field}]")).await.send_keys(text).await.unwrap();
    }

    async fn press(&self, button: &str) {
        let button = By::XPath(format!("//main//button[normalize-space()='{button}']"));
        self.page.find(button).await.unwrap().click().await.unwrap();
    }

    async fn follow(&self, link: &str) {
        self.page.find(By::LinkText(link)).await.unwrap().click().await.unwrap();
    }

    /// Registers, which logs in as well.
    async fn register(&self, name: &str) {
        self.open("/register").await;
        self.fill("username", name).await;
        self.fill("password", "correct horse").await;
        self.press("Register").await;
        self.see("nav a[href='/account']").await;
    }

    async fn log_out(&self) {
        self.see("form[action='/logout'] button").await.click().await.unwrap();
        self.see("nav a[href='/login']").await;
    }

    /// Opens a problem from the list and sends a program as text.
    async fn submit(&self, problem: &str, language: &str, source: &str) {
        self.open("/").await;
        self.follow(problem).await;
        self.see(&format!("[name=language_id] option[value='{language}']"))
            .await
            .click()
            .await
            .unwrap();
        self.fill("source", source).await;
        self.press("Submit").await;
        self.see("#status").await;
    }

    /// Makes the window as narrow as a phone's screen.
    async fn narrow(&self, width: u32) {
        self.page.set_window_rect(0, 0, width, 800).await.unwrap();
        assert_eq!(self.evaluate::<u32>("innerWidth").await, width);
    }

    /// What reaches beyond the right edge, if the page can be scrolled sideways.
    async fn sticking_out(&self) -> Vec<String> {
        let expression = "document.documentElement.scrollWidth <= innerWidth ? [] : \
            Array.from(document.querySelectorAll('body, body *')) \
            .filter(element => element.getBoundingClientRect().right > innerWidth) \
            .map(element => element.outerHTML.slice(0, 80)).concat('the page scrolls sideways')";
        self.evaluate(expression).await
    }

    async fn evaluate<T: serde::de::DeserializeOwned>(&self, expression: &str) -> T {
        let script = format!("return {expression}");
        self.page.execute(script, Vec::new()).await.unwrap().convert().unwrap()
    }

    /// Whatever the browser complained about: errors of scripts, violations of the policy, files not found.
    async fn complaints(&self) -> Vec<String> {
        let log = self.page.browser_log().await.unwrap();
        log.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ending it in the polite way would wait for a runtime that a failed test no longer turns.
        let _ = self.page.clone().leak();
        // Both may have ended already.
        if let Some(browser) = self.page.capabilities().get("goog:processID") {
            let _ = Command::new("kill").arg(browser.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
    }
}

#[tokio::test]
async fn a_contestant_follows_a_submission_live() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let browser = Browser::start(&judge, true).await;
    browser.register("ada").await;
    browser.log_out().await;

    browser.follow("Log in").await;
    browser.fill("username", "ada").await;
    browser.fill("password", "wrong horse").await;
    browser.press("Log in").await;
    browser.see_text("[role=alert]", "the username or the password is wrong").await;
    let refused = browser.complaints().await;
    assert!(matches!(&refused[..], [only] if only.contains("401")), "{refused:?}");
    browser.fill("password", "correct horse").await;
    browser.press("Log in").await;
    browser.see("nav a[href='/account']").await;

    let slow = "import time\ntime.sleep(0.8)\nprint(sum(map(int, input().split())))\n";
    browser.submit("Sum of Two", "python3", slow).await;
    // Gone if the page is loaded again.
    let _: () = browser.evaluate("void (window.isTheSamePage = true)").await;
    browser.see("#live[data-events] #runs tr").await;
    let seen: u32 = browser.evaluate("document.querySelectorAll('#runs tr').length").await;
    assert!(seen < 12, "runs show one by one, but at first there were {seen}");
    browser.see_text("#status", "Accepted").await;
    browser.see_text(".timeline", "Compiled").await;
    assert!(
        browser.evaluate::<bool>("window.isTheSamePage === true").await,
        "the page was loaded again"
    );
    let runs: u32 = browser.evaluate("document.querySelectorAll('#runs tr .good').length").await;
    assert_eq!(runs, 12);

    let broken =
        std::fs::read_to_string(example("hello/submissions/compiler_error/no_semicolon.c"));
    browser.submit("Hello, Judge!", "c", &broken.unwrap()).await;
    browser.see_text("#status", "Compile error").await;
    browser.see_text("pre", "expected").await;
    browser.log_out().await;
    browser.open("/submissions").await;
    assert_eq!(browser.page.current_url().await.unwrap().query(), Some("next=/submissions"));
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.quit().await;
}

#[tokio::test]
async fn no_page_is_wider_than_a_phone() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let browser = Browser::start(&judge, true).await;
    browser.register("ada").await;
    browser.narrow(360).await;
    for problem in ["Sum of Two", "Hello, Judge!"] {
        browser.open("/").await;
        assert_eq!(browser.sticking_out().await, [""; 0], "the list of problems");
        browser.follow(problem).await;
        browser.see("[name=source]").await;
        assert_eq!(browser.sticking_out().await, [""; 0], "{problem}");
    }
    let wide = "w".repeat(400);
    let programs = [
        ("python3", format!("print(sum(map(int, input().split()))) # {wide}\n"), "Accepted"),
        ("c", format!("int main(void) {{ return {wide}; }}\n"), "Compile error"),
    ];
    for (language, source, verdict) in programs {
        browser.submit("Sum of Two", language, &source).await;
        assert_eq!(browser.sticking_out().await, [""; 0], "{language}, not judged yet");
        browser.see_text("#status", verdict).await;
        assert_eq!(browser.sticking_out().await, [""; 0], "{language}, judged");
    }
    browser.open("/submissions").await;
    assert_eq!(browser.sticking_out().await, [""; 0], "the list of submissions");
    browser.quit().await;
}

#[tokio::test]
async fn the_jury_judges_again_and_follows_it_live() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let ada = judge.register("ada");
    let slow = "import time\ntime.sleep(0.8)\nprint(sum(map(int, input().split())))\n";
    let submission = judge.submit(&ada, "sum", "python3", "a.py", slow);
    judge.wait(&ada, &submission);
    let browser = Browser::start(&judge, true).await;
    browser.narrow(360).await;
    browser.open("/login").await;
    browser.fill("username", "admin").await;
    browser.fill("password", judge.admin_password.as_deref().unwrap()).await;
    browser.press("Log in").await;
    browser.follow("Rejudgings").await;
    assert_eq!(browser.sticking_out().await, [""; 0], "the list of rejudgings");
    browser.follow("New rejudging").await;
    // Counted while it is filled in.
    browser.see_text("#count", "It would be 1.").await;
    browser.fill("problem_ids", "hello").await;
    browser.see_text("#count", "It would be 0.").await;
    browser.fill("problem_ids", ", sum").await;
    browser.see_text("#count", "It would be 1.").await;
    browser.fill("reason", &"w".repeat(200)).await;
    assert_eq!(browser.sticking_out().await, [""; 0], "the form");
    browser.press("Judge again").await;
    browser.see("#rejudging[data-progress]").await;
    assert_eq!(browser.sticking_out().await, [""; 0], "a rejudging, not judged yet");
    // Without anybody loading the page again.
    browser.see_text("#status", "Ready to be applied").await;
    assert_eq!(browser.sticking_out().await, [""; 0], "a rejudging, judged");
    browser.press("Apply").await;
    browser.page.accept_alert().await.unwrap();
    browser.see_text("#status", "Applied").await;
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.quit().await;
}
