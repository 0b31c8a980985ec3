/* page.cjs PROGRAM STROKES FOLDER - the page of `digitscope serve` in Chromium, at the sizes of a phone and of a desk, light and dark:
 * recorded digits (lines of the stroke format) are drawn on it, and what it shows is what `ink` reads in what it sent.
 *
 * A tool, no test of ctest: it needs Debian's chromium, and playwright-core from npm where NODE_PATH leads. Pictures of the page
 * go to FOLDER. */
"use strict";
const { spawn, spawnSync } = require("node:child_process");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { chromium } = require("playwright-core");

const [program, strokesFile, folder] = process.argv.slice(2);
const MOST_PER_SECOND = 20;
const devices = [
  { name: "phone", viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true },
  { name: "sideways", viewport: { width: 844, height: 390 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true },
  { name: "desk", viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
];

async function startServer(...words) {
  const process = spawn(program, ["serve", "--port", "0", "--json", "--quiet", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: process.stdout });
  const [line] = await Promise.race([new Promise((found) => lines.once("line", (l) => found([l]))),
                                     new Promise((_, fail) => process.once("exit", () => fail(new Error("no server"))))]);
  return { process, ...JSON.parse(line) };
}

/* The strokes of a line, fitted into a square of the canvas. */
function fitted({ strokes }, box) {
  const all = strokes.flat(), xs = all.map((p) => p[0]), ys = all.map((p) => p[1]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = 0.6 * box.width / Math.max(x1 - x0, y1 - y0, 1);
  return strokes.map((stroke) => stroke.map(([x, y]) => [box.x + box.width / 2 + (x - (x0 + x1) / 2) * scale,
                                                         box.y + box.height / 2 + (y - (y0 + y1) / 2) * scale]));
}

async function drawByMouse(page, strokes) {
  for (const stroke of strokes) {
    await page.mouse.move(...stroke[0]);
    await page.mouse.down();
    for (const point of stroke)
      await page.mouse.move(...point);
    await page.mouse.up();
  }
}

async function drawByFinger(page, strokes) {
  const session = await page.context().newCDPSession(page);
  const send = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  for (const stroke of strokes) {
    await send("touchStart", [stroke[0]]);
    for (const point of stroke)
      await send("touchMove", [point]);
    await send("touchEnd", []);
  }
}

/* What `ink` reads in the last drawing that was sent. */
function readByInk(body, model) {
  const file = path.join(folder, "sent.jsonl");
  fs.writeFileSync(file, body + "\n");
  const done = spawnSync(program, ["ink", file, "--model", model, "--each", "--json"], { encoding: "utf8" });
  return JSON.parse(done.stdout);
}

async function shown(page) {
  return page.evaluate(() => ({ digit: document.getElementById("digit").textContent, sentence: document.getElementById("sentence").textContent,
                                message: document.getElementById("message").hidden ? "" : document.getElementById("message").textContent,
                                bars: [...document.querySelectorAll("#bars span")].map((bar) => bar.textContent),
                                wide: document.documentElement.scrollWidth > innerWidth }));
}

async function visit(browser, server, device, colorScheme, drawings) {
  const context = await browser.newContext({ ...device, colorScheme, locale: "en-GB" });
  const page = await context.newPage(), sent = [], wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    assert.equal(new URL(request.url()).host, `${server.address}:${server.port}`);
    if (request.method() === "POST")
      sent.push({ when: performance.now(), body: request.postData() });
  });
  await page.goto(server.url);
  await page.waitForSelector("#bars li");
  const box = await page.locator("#canvas").boundingBox();
  for (const [i, line] of drawings.entries()) {
    await page.locator("#clear").click({ force: true });
    await (device.hasTouch ? drawByFinger : drawByMouse)(page, fitted(line, box));
    await page.waitForTimeout(400);
    const now = await shown(page), expected = readByInk(sent[sent.length - 1].body, "digitscope");
    assert.equal(now.message, "");
    assert.equal(now.digit, expected.text + (expected.unsure ? "?" : ""));
    assert.ok(now.sentence.includes(`${(100 * expected.confidence).toFixed(1)} %`), `${now.sentence}, ${expected.confidence}`);
    if (i === 0)
      await page.screenshot({ path: path.join(folder, `${device.name}-${colorScheme}.png`) });
  }
  assert.equal((await shown(page)).wide, false);
  for (let i = 0; i + MOST_PER_SECOND + 1 < sent.length; i++)
    assert.ok(sent[i + MOST_PER_SECOND + 1].when - sent[i].when >= 950, "too many requests a second");
  await page.locator("#undo").click();
  await page.locator("#clear").click({ force: true });
  await page.waitForTimeout(300);
  assert.equal((await shown(page)).digit, "");
  assert.deepEqual(wrong, []);
  await context.close();
  console.log(`${device.name}, ${colorScheme}: ${drawings.length} digits, ${sent.length} requests`);
}

/* What a button takes away while a stroke is drawn does not come back, nor does the stroke go on in another one. */
async function takeAwayWhileDrawing(browser, server) {
  const page = await (await browser.newContext(devices[2])).newPage(), wrong = [];
  let sent = null;
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => { sent = request.postData() ? JSON.parse(request.postData()).strokes : sent; });
  await page.goto(server.url);
  await page.waitForSelector("#bars li");
  const box = await page.locator("#canvas").boundingBox(), [first, second] = [0.3, 0.6].map((x) => box.x + x * box.width);
  await drawByMouse(page, [[[first, box.y + 50], [first, box.y + 250]]]);
  await page.waitForTimeout(300);
  const before = sent;
  for (const button of ["#undo", "#clear"]) {
    await page.mouse.move(second, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(second, box.y + 150);
    await page.focus(button);
    await page.keyboard.press("Enter");
    await page.mouse.move(second, box.y + 250);
    await page.mouse.up();
    await page.waitForTimeout(300);
    if (button === "#undo")
      assert.deepEqual(sent, before);
  }
  assert.equal((await shown(page)).digit, "");
  assert.deepEqual(wrong, []);
  console.log("buttons while something is drawn");
}

/* Without its token, and when the server has gone, the page says so. */
async function visitInVain(browser, server) {
  const page = await (await browser.newContext({ ...devices[0], locale: "de-DE" })).newPage();
  await page.goto(server.url.split("#")[0]);
  await page.waitForSelector("#message:not([hidden])");
  assert.match((await shown(page)).message, /fehlt ihr Schlüssel/);
  await page.screenshot({ path: path.join(folder, "no-token.png") });
  await page.goto("about:blank");
  await page.goto(server.url);
  await page.waitForSelector("#bars li");
  server.process.kill("SIGTERM");
  await new Promise((ended) => server.process.once("exit", ended));
  const box = await page.locator("#canvas").boundingBox();
  await drawByFinger(page, [[[box.x + 50, box.y + 50], [box.x + 90, box.y + 200]]]);
  await page.waitForSelector("#message:not([hidden])");
  assert.match((await shown(page)).message, /antwortet nicht/);
}

async function main() {
  fs.mkdirSync(folder, { recursive: true });
  const lines = fs.readFileSync(strokesFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const server = await startServer("--model", "digitscope", "tiny");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    for (const device of devices)
      for (const scheme of ["light", "dark"])
        await visit(browser, server, device, scheme, lines);
    await takeAwayWhileDrawing(browser, server);
    await visitInVain(browser, server);
  } finally {
    await browser.close();
    server.process.kill();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
