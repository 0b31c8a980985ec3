/* page.js - strokes as they are drawn, posted while they grow; what is read as bars.
 *
 * Only the newest drawing counts: one request is under way at a time, and begins INTERVAL after the last one at the
 * earliest. */
"use strict";

const SIDE = 600, BRUSH = 30, INTERVAL = 50, PATIENCE = 5000, PAUSE = 1000, MOST_BYTES = 64 * 1024;

const texts = {
  en: {
    model: "Model", undo: "Undo", clear: "Clear", draw: "Draw a digit.", canvas: "Canvas: draw a digit here",
    sure: (t, p) => `read with ${p}`, unsure: (t, p, other) => `unsure: ${t} with ${p}` + (other ? `, or ${other}` : ""),
    token: "This address lacks its token: open the whole address that Digitscope printed, or scan its code again.",
    away: "Digitscope does not answer: it was stopped, or the network is gone.", large: "There is too much on the canvas to send.",
    busy: "Digitscope has more to read than it can: this is read in a moment.", refused: (why) => `Digitscope refuses to read this: ${why}.`,
  },
  de: {
    model: "Modell", undo: "Rückgängig", clear: "Leeren", draw: "Zeichne eine Ziffer.", canvas: "Zeichenfläche: hier eine Ziffer zeichnen",
    sure: (t, p) => `gelesen mit ${p}`, unsure: (t, p, other) => `unsicher: ${t} mit ${p}` + (other ? `, oder ${other}` : ""),
    token: "Der Adresse fehlt ihr Schlüssel: öffne die ganze Adresse, die Digitscope genannt hat, oder lies den Code noch einmal ein.",
    away: "Digitscope antwortet nicht: es wurde beendet, oder das Netz ist weg.", large: "Auf der Zeichenfläche ist zu viel, um es zu senden.",
    busy: "Digitscope hat mehr zu lesen, als es kann: dies wird gleich gelesen.", refused: (why) => `Digitscope liest das nicht: ${why}.`,
  },
};
const language = navigator.languages.map((tag) => tag.split("-")[0]).find((code) => Object.keys(texts).includes(code)) || "en", text = texts[language];
const at = (id) => document.getElementById(id);
const token = location.hash.slice(1);
const percent = (p) => `${(100 * p).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} %`;

/* ---- drawing */

const canvas = at("canvas"), pen = canvas.getContext("2d");
let strokes = [], drawing = null; /* drawing: the pointer that draws */

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/* From 1/2 at no pressure to 1, as in the window. */
function width(point) {
  return BRUSH * (point.length > 3 ? 0.5 + 0.5 * point[3] : 1);
}

function paintPiece(from, to) {
  pen.lineWidth = (width(from) + width(to)) / 2;
  pen.beginPath();
  pen.moveTo(from[0], from[1]);
  pen.lineTo(to[0], to[1]);
  pen.stroke();
}

function paint() {
  const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  if (canvas.width !== side)
    canvas.width = canvas.height = side;
  pen.setTransform(side / SIDE, 0, 0, side / SIDE, 0, 0);
  pen.clearRect(0, 0, SIDE, SIDE);
  pen.strokeStyle = colour("--ink");
  pen.lineCap = pen.lineJoin = "round";
  for (const stroke of strokes)
    stroke.forEach((point, i) => paintPiece(stroke[Math.max(0, i - 1)], point));
}

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  const round = (v) => Math.round(10 * v) / 10;
  const point = [round((event.clientX - box.left) * SIDE / box.width), round((event.clientY - box.top) * SIDE / box.height)];
  return event.pointerType === "pen" ? [...point, null, round(10 * event.pressure) / 10] : point;
}

function extend(event) {
  const stroke = strokes[strokes.length - 1], point = pointOf(event), last = stroke[stroke.length - 1];
  if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < 1)
    return;
  stroke.push(point);
  paintPiece(last || point, point);
}

function changed() {
  at("undo").disabled = at("clear").disabled = strokes.length === 0;
  ask();
}

canvas.addEventListener("pointerdown", (event) => {
  if (drawing !== null || event.button !== 0)
    return;
  drawing = event.pointerId;
  canvas.setPointerCapture(drawing);
  strokes.push([]);
  extend(event);
  changed();
});
canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drawing)
    return;
  const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  (between.length ? between : [event]).forEach(extend);
  ask();
});
for (const name of ["pointerup", "pointercancel"])
  canvas.addEventListener(name, (event) => {
    if (event.pointerId !== drawing)
      return;
    drawing = null;
    ask();
  });
/* Both end a stroke that another finger, or the mouse, is at. */
at("undo").addEventListener("click", () => {
  drawing = null;
  strokes.pop();
  paint();
  changed();
});
at("clear").addEventListener("click", () => {
  drawing = null;
  strokes = [];
  paint();
  changed();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && drawing === null)
    at("undo").click();
});

/* ---- asking */

let waiting = false, wanted = false, last = 0; /* a request is under way; the drawing has changed since; when it began */

async function post(path, options) {
  const answer = await fetch(path, {
    ...options, cache: "no-store", signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined,
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
  });
  const json = await answer.json();
  if (!answer.ok)
    throw Object.assign(new Error(json.detail), { status: answer.status });
  return json;
}

function say(message) {
  at("message").hidden = !message;
  at("message").textContent = message || "";
}

function isBusy(problem) {
  return problem.status === 429 || problem.status === 503;
}

/* The same may succeed a little later. */
function mayPass(problem) {
  return !problem.status || isBusy(problem);
}

function explain(problem) {
  say(problem.status === 401 ? text.token : problem.status === 413 ? text.large : isBusy(problem) ? text.busy
    : problem.status ? text.refused(problem.message) : text.away);
}

function ask() {
  wanted = true;
  if (!waiting)
    send();
}

async function send() {
  waiting = true;
  let patient = 0;
  while (wanted) {
    await new Promise((go) => setTimeout(go, Math.max(patient, last + INTERVAL - performance.now())));
    wanted = false;
    last = performance.now();
    patient = 0;
    try {
      show(strokes.length ? await read() : null);
      say("");
    } catch (problem) {
      explain(problem);
      wanted = wanted || mayPass(problem);
      patient = PAUSE;
    }
  }
  waiting = false;
}

/* The default reads until it is known which models there are. */
function read() {
  const body = JSON.stringify({ strokes, w: SIDE, h: SIDE }), model = at("model").value;
  if (body.length > MOST_BYTES)
    throw Object.assign(new Error(), { status: 413 });
  return post("/v1/predict" + (model ? `?model=${encodeURIComponent(model)}` : ""), { method: "POST", body });
}

/* ---- showing */

let labels = [];

function showBars(names) {
  labels = names;
  at("bars").replaceChildren(...names.map((name) => {
    const row = document.createElement("li"), label = document.createElement("b"), bar = document.createElement("i");
    label.textContent = name;
    row.append(label, bar, document.createElement("span"));
    return row;
  }));
}

function runnerUp(answer) {
  const order = answer.probabilities.map((p, k) => [p, k]).sort((a, b) => b[0] - a[0]);
  return order.length > 1 && order[1][0] > 0.01 ? labels[order[1][1]] : "";
}

function show(answer) {
  const there = answer && answer.digit !== null;
  at("reading").classList.toggle("unsure", Boolean(there && answer.unsure));
  at("digit").textContent = there ? answer.text + (answer.unsure ? "?" : "") : "";
  at("sentence").textContent = !there ? text.draw
    : answer.unsure ? text.unsure(answer.text, percent(answer.confidence), runnerUp(answer))
    : text.sure(answer.text, percent(answer.confidence));
  [...at("bars").children].forEach((row, k) => {
    const p = there ? answer.probabilities[k] : 0;
    row.classList.toggle("best", Boolean(there && k === answer.digit));
    row.children[1].style.setProperty("--p", p);
    row.children[2].textContent = there ? percent(p) : "";
  });
}

/* However often it takes; none where they are refused. */
async function findModels() {
  for (;;)
    try {
      return await post("/v1/models", {});
    } catch (problem) {
      explain(problem);
      if (!mayPass(problem))
        return [];
      await new Promise((go) => setTimeout(go, PAUSE));
    }
}

async function begin() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = text[element.dataset.text];
  canvas.setAttribute("aria-label", text.canvas);
  paint();
  addEventListener("resize", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  addEventListener("hashchange", () => location.reload());
  const models = await findModels();
  if (models.length === 0)
    return;
  at("model").replaceChildren(...models.map((m) => new Option(m.name, m.name)));
  at("models").hidden = models.length < 2;
  showBars(models[0].labels);
  at("model").addEventListener("change", () => {
    showBars(models[at("model").selectedIndex].labels);
    ask();
  });
  ask();
}

begin();
