// Drives a VS Code workbench in a browser the way a user does - mouse, keyboard, what is on screen - and
// reads back what it shows. Selectors are those of the workbench version provision.mjs names.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EditorUnavailable, onPath } from './provision.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const BROWSER_PLACES = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'],
};

/** The browser the tests drive, or undefined. `STOPCODE_CHROMIUM` names another one. */
export async function findBrowser(env = process.env) {
  if (env.STOPCODE_CHROMIUM) return (await isFile(env.STOPCODE_CHROMIUM)) ? env.STOPCODE_CHROMIUM : onPath(env.STOPCODE_CHROMIUM, env);
  for (const name of BROWSERS) {
    const found = await onPath(name, env);
    if (found) return found;
  }
  for (const place of BROWSER_PLACES[process.platform] ?? []) if (await isFile(place)) return place;
  return undefined;
}

async function isFile(path) {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Where one string stands in the file on disk: 1-based line and column. `nth` counts occurrences from 1. */
export function placeOf(file, text, { line, nth = 1 } = {}) {
  const content = readFileSync(file, 'utf8').replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  let count = 0;
  for (let index = 0; index < content.length; index += 1) {
    if (line !== undefined && index + 1 !== line) continue;
    for (let at = content[index].indexOf(text); at >= 0; at = content[index].indexOf(text, at + 1)) {
      count += 1;
      if (count === nth) return { line: index + 1, column: at + 1 };
    }
  }
  throw new Error(`${basename(file)} has no occurrence ${nth} of ${JSON.stringify(text)}${line ? ` on line ${line}` : ''}`);
}

/** Polls until `read` returns something truthy; the error says what was waited for and what was last seen. */
export async function until(what, read, { timeout = 20_000, interval = 60, seen } = {}) {
  const deadline = Date.now() + timeout;
  let problem;
  for (;;) {
    try {
      const value = await read();
      if (value) return value;
      problem = undefined;
    } catch (error) {
      if (/Target (page, context or browser|closed)|has been closed/.test(error.message)) throw error;
      problem = error;
    }
    if (Date.now() > deadline) {
      const last = seen ? `; last seen: ${JSON.stringify(await seen())}` : '';
      throw new Error(`waited ${timeout / 1000} s in vain for ${what}${last}${problem ? ` (${problem.message})` : ''}`);
    }
    await delay(interval);
  }
}

/**
 * Starts a browser on an empty profile and waits for the workbench.
 * @param {{ url: string, viewport?: { width: number, height: number }, browser?: string, args?: string[] }} options
 */
export async function openWorkbench({ url, viewport = { width: 1280, height: 800 }, browser, args = [] }) {
  const executablePath = browser ?? (await findBrowser());
  if (!executablePath) throw new EditorUnavailable('no Chromium or Chrome found on PATH (STOPCODE_CHROMIUM may name one)');
  const { chromium } = await import('playwright-core');
  const profile = await mkdtemp(join(tmpdir(), 'stopcode-browser-'));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      chromiumSandbox: typeof process.getuid === 'function' && process.getuid() === 0 ? false : undefined,
      headless: true,
      viewport,
      locale: 'en-US',
      args: [
        '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--force-color-profile=srgb', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1', ...args,
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const bench = new Workbench(page, context, profile);
    await bench.load(url);
    return bench;
  } catch (error) {
    await context?.close().catch(() => {});
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => {});
    throw error;
  }
}

const ACTIVE = '.editor-group-container.active .editor-instance';

class Workbench {
  #context;
  #profile;
  #file;

  constructor(page, context, profile) {
    this.page = page;
    this.#context = context;
    this.#profile = profile;
    /** Errors of the page's console, for reports of failing tests. */
    this.consoleErrors = [];
    page.on('console', (message) => {
      if (message.type() === 'error') this.consoleErrors.push(message.text());
    });
  }

  async load(url) {
    // Links never leave: the addresses they would open are collected instead.
    await this.page.addInitScript(() => {
      window.stopcodeOpened = [];
      window.open = (address) => {
        if (address) window.stopcodeOpened.push(String(address));
        const location = {};
        Object.defineProperty(location, 'href', {
          set(value) {
            window.stopcodeOpened.push(String(value));
          },
        });
        return { opener: null, location, closed: false, close() {}, focus() {} };
      };
    });
    await this.page.goto(url, { waitUntil: 'domcontentloaded', timeout: 60_000 });
    await until(
      'the workbench to appear',
      () =>
        this.page.evaluate(() => {
          const visible = (selector) => document.querySelector(selector)?.getBoundingClientRect().width > 0;
          return visible('.monaco-workbench .part.editor') && visible('.monaco-workbench .part.statusbar') && visible('.explorer-folders-view, .part.sidebar');
        }),
      { timeout: 60_000 },
    );
  }

  async close() {
    await this.#context.close().catch(() => {});
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => {});
  }

  // ---- commands and files -------------------------------------------------------------------------

  /** The palette with `text` typed into it, once `accept(rows)` finds the row to take (default: the first). */
  async #pick(text, accept, what) {
    const input = this.page.locator('.quick-input-widget:not([style*="display: none"]) .quick-input-box input');
    await until(`the command palette (for ${what})`, async () => {
      await this.page.keyboard.press('F1');
      return input.waitFor({ state: 'visible', timeout: 2000 }).then(() => true, () => false);
    });
    await input.fill(text);
    const rows = () =>
      this.page.evaluate(() =>
        [...document.querySelectorAll('.quick-input-list .monaco-list-row')].map((row) => ({
          id: row.id,
          label: (row.querySelector('.label-name')?.textContent ?? row.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
          aria: row.getAttribute('aria-label') ?? '',
        })),
      );
    const chosen = await until(what, async () => accept(await rows()), { timeout: 15_000, seen: rows }).catch(async (error) => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Escape');
      throw error;
    });
    // A row may be drawn anew between the look and the click (the list is still filling on a busy machine): the click
    // then lands on nothing, so the row is looked up and clicked again until the palette has taken it.
    const taken = async () => !(await input.isVisible()) || (await input.inputValue({ timeout: 1000 })) !== text;
    let row = chosen;
    await until(
      `${what} to be taken`,
      async () => {
        await this.page.locator(`[id="${row.id}"]`).click({ timeout: 2000 }).catch(() => {});
        // Some commands ask something next, in the same input.
        if (await until(what, taken, { timeout: 1500 }).catch(() => false)) return true;
        row = accept(await rows()) ?? row;
        return false;
      },
      { seen: rows },
    );
  }

  /** Runs a command by its palette title, e.g. `View: Close Panel`. */
  async run(command) {
    await this.#pick(`>${command}`, (rows) => rows.find((row) => row.label === command), `the command "${command}"`);
  }

  /** Opens a file by its absolute path and waits for its text. */
  async openFile(file) {
    if (!isAbsolute(file)) throw new Error(`openFile wants an absolute path, not ${file}`);
    const name = basename(file);
    await this.#pick(file, (rows) => rows.find((row) => row.label === name), `${name} in quick open`);
    await this.#opened(name, file);
  }

  /** Opens a file by its row in the Explorer, for folders that are not on disk; `copy` is the same text on disk. */
  async openFromExplorer(name, copy) {
    const row = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).first();
    await row.waitFor({ state: 'visible', timeout: 30_000 });
    await row.dblclick();
    await this.#opened(name, copy);
  }

  async #opened(name, file) {
    await until(
      `${name} to be open`,
      () =>
        this.page.evaluate(
          ({ active, expected }) =>
            document.querySelector('.editor-group-container.active .tab.active')?.getAttribute('data-resource-name') === expected &&
            document.querySelector(`${active} .view-lines .view-line`) !== null,
          { active: ACTIVE, expected: name },
        ),
      { timeout: 30_000 },
    );
    this.#file = file;
  }

  /** The language shown in the status bar. */
  language() {
    return this.page.evaluate(() => document.querySelector('#status\\.editor\\.mode')?.textContent?.trim() ?? '');
  }

  async waitForLanguage(name, options) {
    await until(`the language "${name}"`, async () => (await this.language()) === name, { seen: () => this.language(), ...options });
  }

  /** Every text of the status bar, by item id. */
  statusBar() {
    return this.page.evaluate(() =>
      Object.fromEntries([...document.querySelectorAll('.part.statusbar .statusbar-item')].map((item) => [item.id, (item.textContent ?? '').trim()])),
    );
  }

  /** Texts of the notifications on screen. */
  notifications() {
    return this.page.evaluate(() => [...document.querySelectorAll('.notification-list-item-message')].map((item) => item.textContent ?? ''));
  }

  // ---- places in the open file --------------------------------------------------------------------

  /** A place is `{ line, column }`, or a text of the open file with optional `{ line, nth }`. */
  #place(place, options) {
    if (typeof place === 'string') return placeOf(this.#file, place, options);
    if (place.text !== undefined) return placeOf(this.#file, place.text, place);
    return place;
  }

  /** Puts the cursor at a place and scrolls it into view; returns where on the screen it is. */
  async goTo(place, options) {
    const { line, column } = this.#place(place, options);
    await this.#pick(`:${line}:${column}`, (rows) => rows.find((row) => row.label.includes(`line ${line} `) || row.label.includes(`line ${line}.`)), `line ${line}, column ${column}`);
    const position = () => this.page.evaluate(() => document.querySelector('#status\\.editor\\.selection')?.textContent ?? '');
    await until(`the cursor on line ${line}`, async () => new RegExp(`\\bLn ${line}, Col \\d+`).test(await position()), { seen: position });
    return this.#settled('the cursor on screen', () =>
      this.page.evaluate((active) => {
        const cursor = document.querySelector(`${active} .cursors-layer .cursor`);
        const editor = document.querySelector(`${active} .monaco-scrollable-element.editor-scrollable`);
        if (!cursor || !editor) return null;
        const at = cursor.getBoundingClientRect();
        const frame = editor.getBoundingClientRect();
        if (at.height === 0 || at.top < frame.top || at.bottom > frame.bottom + 1 || at.left < frame.left || at.left > frame.right) return null;
        return { x: at.left, y: at.top + at.height / 2, height: at.height };
      }, ACTIVE),
    );
  }

  /** Reads until two readings in a row agree: scrolling and layout have come to rest. */
  async #settled(what, read) {
    let before;
    return until(what, async () => {
      const now = await read();
      const text = JSON.stringify(now);
      const same = now && text === before;
      before = text;
      return same ? now : undefined;
    });
  }

  /**
   * The lines on screen: number (continuations of a wrapped line have their line's), text, and the drawn pieces with
   * their colours.
   */
  visibleLines() {
    return this.page.evaluate((active) => {
      const plain = (text) => text.replaceAll('\u00a0', ' ').replaceAll('\u200b', '');
      const byTop = (a, b) => parseFloat(a.style.top) - parseFloat(b.style.top);
      const numbers = new Map();
      for (const row of document.querySelectorAll(`${active} .margin-view-overlays > div`)) {
        const number = row.querySelector('.line-numbers')?.textContent?.trim();
        if (number) numbers.set(row.style.top, Number(number));
      }
      let line;
      return [...document.querySelectorAll(`${active} .view-lines > .view-line`)].sort(byTop).map((element) => {
        line = numbers.get(element.style.top) ?? line;
        const parts = [...element.querySelectorAll(':scope > span > span')].map((part) => {
          const style = getComputedStyle(part);
          return {
            text: plain(part.textContent ?? ''),
            color: style.color,
            bold: Number(style.fontWeight) >= 600,
            italic: style.fontStyle === 'italic',
          };
        });
        return { line, text: plain(element.textContent ?? ''), parts };
      });
    }, ACTIVE);
  }

  /** The distinct colours of the text on screen. */
  async colours() {
    const lines = await this.visibleLines();
    return [...new Set(lines.flatMap((line) => line.parts.filter((part) => part.text.trim() !== '').map((part) => part.color)))];
  }

  /** The numbers in the margin; a gap is a folded range. */
  lineNumbers() {
    return this.page.evaluate(
      (active) =>
        [...document.querySelectorAll(`${active} .margin-view-overlays .line-numbers`)]
          .map((item) => Number(item.textContent))
          .filter((number) => number > 0)
          .sort((a, b) => a - b),
      ACTIVE,
    );
  }

  async foldAll() {
    await this.run('Fold All');
    return this.#settled('the folded text', () => this.lineNumbers());
  }

  async unfoldAll() {
    await this.run('Unfold All');
  }

  // ---- what the extension shows -------------------------------------------------------------------

  /**
   * Rests the mouse on a place and returns the hover's text. `accept(text)` may ask for more, since several sources
   * answer one after another.
   */
  async hover(place, { line, nth, accept = (text) => text !== '', timeout = 20_000 } = {}) {
    const at = await this.goTo(place, { line, nth });
    const deadline = Date.now() + timeout;
    let last = '';
    do {
      await this.#moveAway();
      await this.page.mouse.move(at.x + 40, at.y - 3);
      await this.page.mouse.move(at.x + 3, at.y);
      const patience = Math.min(deadline, Date.now() + 4000);
      while (Date.now() < patience) {
        last = await this.#hoverText();
        if (last !== '' && accept(last)) return last;
        await delay(60);
      }
    } while (Date.now() < deadline);
    const { line: at1, column } = this.#place(place, { line, nth });
    throw new Error(`no fitting hover on ${JSON.stringify(place)} (line ${at1}, column ${column}); last seen: ${JSON.stringify(last)}`);
  }

  /** True when resting the mouse there shows nothing at all for `quiet` milliseconds. */
  async hasNoHover(place, { line, nth, quiet = 1500 } = {}) {
    const at = await this.goTo(place, { line, nth });
    await this.#moveAway();
    await this.page.mouse.move(at.x + 40, at.y - 3);
    await this.page.mouse.move(at.x + 3, at.y);
    const end = Date.now() + quiet;
    while (Date.now() < end) {
      if ((await this.#hoverText()) !== '') return false;
      await delay(60);
    }
    return true;
  }

  async #moveAway() {
    await this.page.mouse.move(2, 2);
    await until('the last hover to go', async () => (await this.#hoverText()) === '', { timeout: 5000 }).catch(() => this.page.keyboard.press('Escape'));
  }

  #hoverText() {
    return this.page.evaluate(() => {
      const shown = [...document.querySelectorAll('.monaco-editor .monaco-hover:not(.hidden), .monaco-resizable-hover .monaco-hover:not(.hidden)')];
      return [...new Set(shown)]
        .filter((hover) => hover.offsetParent !== null)
        .flatMap((hover) => [...hover.querySelectorAll('.hover-row')])
        .map((row) => (row.innerText ?? '').replaceAll('\u00a0', ' ').trim())
        .filter((text) => text !== '' && text !== 'Loading...')
        .join('\n');
    });
  }

  async hideHover() {
    await this.#moveAway();
  }

  /** The kinds of squiggles on screen (`error`, `warning`, `info`, `hint`), with their lines. */
  squiggles() {
    return this.page.evaluate((active) => {
      const numbers = new Map();
      for (const row of document.querySelectorAll(`${active} .margin-view-overlays > div`)) {
        const number = row.querySelector('.line-numbers')?.textContent?.trim();
        if (number) numbers.set(row.style.top, Number(number));
      }
      return [...document.querySelectorAll(`${active} .view-overlays [class*=squiggly-]`)].map((item) => ({
        kind: /squiggly-(\w+)/.exec(item.className)[1],
        line: numbers.get(item.parentElement.style.top),
      }));
    }, ACTIVE);
  }

  /** The rows of the Problems view: `{ file, message, source, code, line, column, severity }`, all of them or one file's. */
  async problems({ file, accept = () => true, timeout = 20_000 } = {}) {
    await this.run('Problems: Focus on Problems View');
    let rows = [];
    await until(
      'the expected Problems',
      async () => {
        rows = (await this.#problemRows()).filter((row) => file === undefined || row.file === basename(file));
        return accept(rows);
      },
      { timeout, interval: 250, seen: () => rows },
    );
    return rows;
  }

  async #problemRows() {
    const list = this.page.locator('.markers-panel .monaco-list').first();
    const empty = await this.page.evaluate(() => {
      const message = document.querySelector('.markers-panel .message-box-container');
      return message !== null && message.getBoundingClientRect().height > 0;
    });
    if (empty) return [];
    const box = await list.boundingBox();
    if (!box || box.height === 0) return [];
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const frame = () => this.page.evaluate(() => new Promise((done) => window.requestAnimationFrame(() => window.requestAnimationFrame(done))));
    const toTop = () =>
      until('the top of the Problems view', async () => {
        if (await this.page.evaluate(() => document.querySelector('.markers-panel .monaco-list-rows > .monaco-list-row[data-index="0"]') !== null)) return true;
        await this.page.mouse.wheel(0, -100_000);
        await frame();
        return false;
      });
    await toTop();
    const found = new Map();
    for (let idle = 0; idle < 3; ) {
      const before = found.size;
      for (const row of await this.page.evaluate(readProblemRows)) found.set(row.index, row);
      const known = [...found.keys()];
      const gapless = Math.max(-1, ...known) + 1 === found.size;
      idle = found.size === before ? idle + 1 : 0;
      await this.page.mouse.wheel(0, gapless ? Math.max(22, box.height - 66) : -66);
      await frame();
    }
    await toTop();
    await this.page.mouse.move(2, 2);
    const rows = [];
    let current;
    for (const row of [...found.values()].sort((a, b) => a.index - b.index)) {
      if (row.file !== undefined) current = row.file;
      else if (row.level === 2) rows.push({ file: current, message: row.message, source: row.source, code: row.code, line: row.line, column: row.column, severity: row.severity, related: [] });
      else rows.at(-1)?.related.push({ message: row.message, line: row.line });
    }
    return rows;
  }

  /** Gives the Problems view's focus back to the editor. */
  async unselectProblems() {
    await this.page.keyboard.press('Control+1');
  }

  async closePanel() {
    const shown = await this.page.evaluate(() => (document.querySelector('.part.panel')?.getBoundingClientRect().height ?? 0) > 0);
    if (shown) await this.run('View: Hide Panel');
  }

  async #openQuickFixes(place, options) {
    await this.goTo(place, options);
    const rows = () =>
      this.page.evaluate(() =>
        [...document.querySelectorAll('.action-widget .monaco-list-row')].map((row) => ({
          id: row.id,
          action: row.classList.contains('action'),
          title: (row.querySelector('.title')?.textContent ?? row.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
        })),
      );
    return until(
      'the quick fix menu',
      async () => {
        await this.page.keyboard.press('Control+.');
        const end = Date.now() + 3000;
        while (Date.now() < end) {
          const found = (await rows()).filter((row) => row.action);
          if (found.length > 0) return found;
          if (await this.page.evaluate(() => /No (code actions|quick fixes)/i.test(document.querySelector('.monaco-editor-overlaymessage')?.textContent ?? ''))) break;
          await delay(60);
        }
        return undefined;
      },
      { timeout: 15_000 },
    );
  }

  /** Titles of the quick fix menu at a place. */
  async quickFixes(place, options) {
    const rows = await this.#openQuickFixes(place, options);
    await this.page.keyboard.press('Escape');
    await this.#quickFixMenuClosed();
    return rows.map((row) => row.title);
  }

  /** Leaves the quick fix menu on screen, for a picture. */
  async showQuickFixes(place, options) {
    return (await this.#openQuickFixes(place, options)).map((row) => row.title);
  }

  /** Chooses the first quick fix whose title matches. */
  async applyQuickFix(place, title, options) {
    const rows = await this.#openQuickFixes(place, options);
    const row = rows.find((item) => (typeof title === 'string' ? item.title === title : title.test(item.title)));
    if (!row) {
      await this.page.keyboard.press('Escape');
      throw new Error(`no quick fix matches ${title}; offered: ${rows.map((item) => item.title).join(' | ')}`);
    }
    await this.page.locator(`.action-widget [id="${row.id}"]`).click();
    await this.#quickFixMenuClosed();
    return row.title;
  }

  #quickFixMenuClosed() {
    return until('the quick fix menu to close', () => this.page.evaluate(() => document.querySelector('.action-widget .monaco-list-row') === null));
  }

  /** Does something that opens a web page; returns the address, which is not opened, and the question asked before. */
  async addressOpenedBy(action, { timeout = 15_000 } = {}) {
    await this.page.evaluate(() => {
      window.stopcodeOpened.length = 0;
    });
    await action();
    let question;
    const address = await until(
      'a web page to be opened',
      async () => {
        const opened = await this.page.evaluate(() => window.stopcodeOpened[0]);
        if (opened) return opened;
        const dialog = this.page.locator('.monaco-dialog-box');
        if (question === undefined && (await dialog.count()) > 0) {
          question = (await dialog.innerText()).trim();
          await dialog.locator('.monaco-button').filter({ hasText: /^\s*Open\s*$/ }).click();
        }
        return undefined;
      },
      { timeout, seen: async () => ({ question, notifications: await this.notifications() }) },
    );
    return { address, question };
  }

  /** The rows of the Outline view: name, detail and depth. */
  async outline({ accept = (rows) => rows.length > 0, timeout = 20_000 } = {}) {
    await this.run('Explorer: Focus on Outline View');
    const read = () =>
      this.page.evaluate(() =>
        [...document.querySelectorAll('.outline-tree .monaco-list-rows > .monaco-list-row')]
          .sort((a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')))
          .map((row) => ({
            name: (row.querySelector('.monaco-icon-label .label-name')?.textContent ?? row.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
            detail: (row.querySelector('.monaco-icon-label .label-description')?.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
            depth: Number(row.getAttribute('aria-level') ?? 1),
          })),
      );
    await until('the Outline', async () => accept(await read()), { timeout, seen: read });
    return read();
  }

  /**
   * What colours one place, from the token inspector: the semantic token's type, TextMate scopes (innermost first) and
   * all rows as they stand (`values`). `kind` is the semantic type or the innermost scope, undefined for plain text.
   */
  async inspect(place, options) {
    await this.goTo(place, options);
    await this.run('Developer: Inspect Editor Tokens and Scopes');
    const read = () =>
      this.page.evaluate(() => {
        const widget = document.querySelector('.token-inspect-widget');
        if (!widget) return null;
        const text = (node) => (node?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
        const values = {};
        for (const row of widget.querySelectorAll('tr')) {
          const key = text(row.querySelector('.tiw-metadata-key')).toLowerCase();
          if (key) values[key] = (row.querySelector('.tiw-metadata-value')?.innerText ?? '').replaceAll('\u00a0', ' ').trim();
        }
        if (/^No grammar or semantic tokens/.test(text(widget))) return { token: '', values };
        return Object.keys(values).length > 0 ? { token: text(widget.querySelector('.tiw-token')), values } : null;
      });
    const found = await this.#settled('the token inspector', read);
    await this.page.keyboard.press('Escape');
    await until('the token inspector to close', async () => !(await this.page.evaluate(() => document.querySelector('.token-inspect-widget'))), { timeout: 3000 }).catch(() =>
      this.run('Developer: Inspect Editor Tokens and Scopes'),
    );
    const scopes = (found.values['textmate scopes'] ?? '').split('\n').filter(Boolean);
    return {
      kind: found.values['semantic token type'] ?? (scopes.length > 1 ? scopes[0] : undefined),
      token: found.token.replace(/\s*\(?\d+ chars?\)?$/, ''),
      language: found.values.language,
      semanticType: found.values['semantic token type'],
      modifiers: found.values.modifiers,
      scopes,
      foreground: found.values.foreground,
      values: found.values,
    };
  }

  /** Changes the colour theme by its label, e.g. `Light Modern`, and waits until it is drawn. */
  async chooseTheme(label) {
    const theme = () => this.page.evaluate(() => /vscode-theme-\S+/.exec(document.querySelector('.monaco-workbench').className)?.[0] ?? '');
    const slug = { 'Dark High Contrast': 'hc_black', 'Light High Contrast': 'hc_light' }[label] ?? label.toLowerCase().replaceAll(' ', '_');
    const drawn = async () => (await theme()).includes(slug);
    // The theme of the settings may still be loading.
    if (await until('the theme', drawn, { timeout: 2000 }).catch(() => false)) return;
    await this.run('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor({ state: 'visible' });
    const row = await until(`the theme ${label} in the list`, async () => {
      if ((await input.inputValue()) !== label) await input.fill(label);
      return this.page.evaluate(
        (name) => [...document.querySelectorAll('.quick-input-list .monaco-list-row')].find((item) => item.querySelector('.label-name')?.textContent.trim() === name)?.id,
        label,
      );
    });
    await this.page.locator(`[id="${row}"]`).click();
    await input.waitFor({ state: 'hidden' });
    await until(`the colour theme ${label}`, drawn, { seen: theme });
  }

  async screenshot(path) {
    return this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  }
}

/* Runs in the page. */
function readProblemRows() {
  const text = (node) => (node?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
  return [...document.querySelectorAll('.markers-panel .monaco-list-rows > .monaco-list-row')].map((row) => {
    const index = Number(row.getAttribute('data-index'));
    const level = Number(row.getAttribute('aria-level') ?? 0);
    const name = row.querySelector('.monaco-icon-label .label-name');
    if (level === 1) return { index, level, file: text(name) };
    const icon = row.querySelector('.marker-icon')?.className ?? '';
    const place = /Ln (\d+), Col (\d+)/.exec(text(row.querySelector('.marker-line'))) ?? [];
    return {
      index,
      level,
      message: [...row.querySelectorAll('.marker-message')].map(text).join('\n') || text(row),
      source: text(row.querySelector('.marker-source')),
      code: text(row.querySelector('.marker-code')).replace(/^\((.*)\)$/, '$1'),
      line: Number(place[1]),
      column: Number(place[2]),
      severity: /\berror\b/.test(icon) ? 'error' : /\bwarning\b/.test(icon) ? 'warning' : 'info',
    };
  });
}
