"use strict";

// Times in the reader's own zone.
function localTimes(within) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  for (const time of within.querySelectorAll("time")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

// Buttons that copy a sample.
function copyButtons() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
}

// Forms that ask before they do harm.
function confirmations() {
  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (!window.confirm(form.dataset.confirm)) event.preventDefault();
    });
  }
}

const verdicts = {
  AC: ["good", "✓", "Accepted"],
  WA: ["bad", "✗", "Wrong answer"],
  TLE: ["bad", "✗", "Time limit exceeded"],
  RTE: ["bad", "✗", "Run-time error"],
  CE: ["neutral", "!", "Compile error"],
  MLE: ["bad", "✗", "Memory limit exceeded"],
  OLE: ["bad", "✗", "Output limit exceeded"],
};

function badge(look, mark, words) {
  const span = document.createElement("span");
  span.className = `verdict ${look}`;
  const sign = document.createElement("span");
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = mark;
  span.append(sign, ` ${words}`);
  return span;
}

function duration(ms) {
  return ms < 1000 ? `${ms} ms` : `${(Math.floor(ms / 10) / 100).toFixed(2)} s`;
}

function bytes(count) {
  let unit = 0;
  while (count >= 1024 && unit < 4) {
    count /= 1024;
    unit += 1;
  }
  const text = unit === 0 || count >= 100 ? String(Math.floor(count)) : String(Math.floor(count * 10) / 10);
  return `${text} ${["B", "KiB", "MiB", "GiB", "TiB"][unit]}`;
}

// Follows a submission until its verdict, then shows the page as it is then.
function follow() {
  const live = document.getElementById("live");
  if (!live || !live.dataset.events || !window.EventSource) return;
  const status = document.getElementById("status");
  const runs = document.getElementById("runs");
  const source = new EventSource(live.dataset.events);
  const say = (words) => status.replaceChildren(badge("pending", "…", words));
  const forgetRuns = () => runs.replaceChildren();

  const showRun = (run) => {
    const row = document.createElement("tr");
    const cell = (content, isNumber) => {
      const td = row.insertCell();
      if (isNumber) td.className = "number";
      td.append(content);
    };
    cell(String(run.ordinal), true);
    cell(badge(...verdicts[run.verdict]));
    cell(duration(run.usage.cpu_ms), true);
    cell(duration(run.usage.wall_ms), true);
    cell(bytes(run.usage.memory_bytes), true);
    cell("");
    runs.append(row);
    document.getElementById("tests").hidden = false;
    document.getElementById("progress-line").hidden = false;
    const progress = document.getElementById("progress");
    progress.max = run.total;
    progress.value = run.ordinal;
    document.getElementById("progress-text").textContent = `${run.ordinal} of ${run.total} tests`;
  };

  const finish = async () => {
    source.close();
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const result = page.getElementById("status");
    // The region that readers listen to stays; only what it says changes.
    status.replaceChildren(...result.childNodes);
    result.replaceWith(status);
    live.replaceChildren(...page.getElementById("live").childNodes);
    delete live.dataset.events;
    localTimes(live);
  };

  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("queued", () => { forgetRuns(); say("Waiting"); });
  on("released", () => { forgetRuns(); say("Waiting"); });
  on("started", () => { forgetRuns(); say("Preparing"); });
  on("fetched", () => say("Compiling"));
  on("compiled", (event) => { if (event.success) say("Running tests"); });
  on("run", showRun);
  on("finished", finish);
  on("failed", finish);
}

// Uploads a package with its progress, and lists what is wrong with it.
function uploads() {
  const form = document.getElementById("upload");
  if (!form) return;
  const line = form.querySelector(".progress-line");
  const progress = line.querySelector("progress");
  const text = line.querySelector("span");
  const button = form.querySelector("button");
  const result = document.getElementById("upload-result");

  const show = (look, message, faults) => {
    const box = document.createElement("div");
    box.className = look;
    const first = document.createElement("p");
    first.textContent = message;
    box.append(first);
    if (faults && faults.length > 0) {
      const list = document.createElement("ul");
      for (const fault of faults) {
        const item = document.createElement("li");
        const place = document.createElement("code");
        place.textContent = fault.file + (fault.line ? `:${fault.line}` : "");
        item.append(place, ` ${fault.field ? `${fault.field}: ` : ""}${fault.message}`);
        list.append(item);
      }
      box.append(list);
    }
    result.replaceChildren(box);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (sent) => {
      const percent = sent.lengthComputable ? Math.floor((100 * sent.loaded) / sent.total) : 0;
      progress.value = percent;
      text.textContent = percent < 100 ? `${percent} %` : "Checking the package…";
    });
    request.addEventListener("loadend", () => {
      line.hidden = true;
      button.disabled = false;
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no answer, or none of ours */ }
      if (request.status === 200 || request.status === 201) {
        const same = answer.is_new_version ? "" : " It is the content that was current already.";
        show("notice", `${answer.name} is in, as version ${answer.version} of ${answer.id}.${same} Load the page again to see it in the list.`, answer.warnings);
        form.reset();
      } else {
        show("alert", answer.message || "The upload was cut off.", answer.faults);
      }
    });
    result.replaceChildren();
    line.hidden = false;
    progress.value = 0;
    button.disabled = true;
    request.open("POST", form.dataset.upload);
    request.send(new FormData(form));
  });
}

// Follows a rejudging until all of it is judged, then shows the page as it is then.
function followRejudging() {
  const region = document.getElementById("rejudging");
  if (!region || !region.dataset.progress) return;
  const look = async () => {
    try {
      const response = await fetch(region.dataset.progress);
      if (response.ok) {
        const now = await response.json();
        const progress = document.getElementById("progress");
        progress.value = now.finished + now.failed;
        document.getElementById("progress-text").textContent = `${progress.value} of ${now.submissions} judged`;
        if (now.state !== "judging") {
          // Whoever is writing a note goes on with it.
          const notes = [...region.querySelectorAll("input[name=note]")];
          if (notes.some((note) => note.value || note === document.activeElement)) {
            document.getElementById("status").textContent = "Judged: load the page again to see all differences.";
          } else {
            location.reload();
          }
          return;
        }
      }
    } catch { /* the judge is away for a moment */ }
    setTimeout(look, document.hidden ? 5000 : 1000);
  };
  look();
}

// Says how many submissions the form of a rejudging means, as it is filled in.
function countRejudged() {
  const form = document.getElementById("rejudging-form");
  if (!form) return;
  const result = document.getElementById("count");
  const lists = ["problem_ids", "contest_ids", "language_ids", "usernames", "submission_ids"];
  let waiting = 0;
  let asked = 0;
  const count = async () => {
    const filter = {};
    for (const name of lists) {
      filter[name] = form.elements[name].value.split(/[\s,]+/).filter((word) => word);
    }
    filter.verdicts = [...form.querySelectorAll("input[name=verdicts]:checked")].map((box) => box.value);
    for (const name of ["submitted_from", "submitted_until"]) {
      const time = form.elements[name].value;
      if (time) filter[name] = `${time.length === 16 ? `${time}:00` : time}Z`;
    }
    asked += 1;
    const mine = asked;
    try {
      const response = await fetch(form.dataset.count, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(filter),
      });
      const answer = await response.json();
      // An older answer may come later.
      if (mine !== asked) return;
      result.textContent = response.ok ? `It would be ${answer.submissions}.` : answer.message;
    } catch { /* the judge is away for a moment */ }
  };
  form.addEventListener("input", (event) => {
    if (["reason", "kind", "confirm"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, 300);
  });
  count();
}

localTimes(document);
copyButtons();
confirmations();
follow();
followRejudging();
countRejudged();
uploads();
