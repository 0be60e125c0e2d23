// Keeps an open page up to date, and signs in by the code of a link. Everything works without it, but by hand.
'use strict';

/** Limits and plots follow the traffic no faster than people read. */
const DECISIONS_MS = 1000;
/** Time alone changes limits, too. */
const IDLE_MS = 15_000;
const RETRY_MS = 1500;

/** What the server marked as live is replaced where it has changed. */
async function refresh() {
  // The answer to a form that was refused stands at the form's address, where no page can be had.
  const page = document.querySelector('link[rel=canonical]')?.href ?? location.href.split('#')[0];
  const live = new URL(page);
  live.searchParams.set('live', '1');
  const response = await fetch(live, { headers: { Accept: 'text/html' } });
  // Signed out: to the sign-in, and back from there.
  if (response.redirected) return location.assign(page);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const known = newsOf(document);
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    if (next !== null && !isKept(part, next)) replace(part, next);
  }
  document.title = fresh.title;
  showAges();
  announce(known);
}

/** A form that somebody fills in stays as long as it can be sent. */
function isKept(part, next) {
  if (part.dataset.state !== undefined) return part.dataset.state === next.dataset.state;
  return textOf(part) === textOf(next);
}

/** As the server wrote it. */
function textOf(node) {
  const copy = node.cloneNode(true);
  for (const age of copy.querySelectorAll('.age')) age.remove();
  return copy.innerHTML;
}

/** Items that have not changed stay the same elements; the focus stays where it was, and what is open stays open. */
function replace(part, next) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const items = new Map([...part.querySelectorAll('[data-key]')].map((item) => [item.dataset.key, item]));
  const open = [...part.querySelectorAll('details')].map((details) => details.open);
  next.querySelectorAll('details').forEach((details, index) => details.toggleAttribute('open', open[index] === true));
  for (const item of next.querySelectorAll('[data-key]')) {
    const old = items.get(item.dataset.key);
    if (old !== undefined && textOf(old) === textOf(item)) item.replaceWith(old);
  }
  part.dataset.state = next.dataset.state ?? '';
  if (next.dataset.state === undefined) delete part.dataset.state;
  part.replaceChildren(...next.childNodes);
  const href = focused?.getAttribute('href');
  const again = focused?.isConnected ? focused : href && part.querySelector(`a[href="${CSS.escape(href)}"]`);
  if (again) again.focus({ preventScroll: true });
}

function newsOf(page) {
  return new Set([...page.querySelectorAll('[data-announce]')].map(({ dataset }) => `${dataset.key} ${dataset.announce}`));
}

/** For those who do not see the page: what is new on it. */
function announce(known) {
  const fresh = [...document.querySelectorAll('[data-announce]')];
  const news = fresh.filter(({ dataset }) => !known.has(`${dataset.key} ${dataset.announce}`));
  if (news.length > 0) document.getElementById('news').textContent = news.map(({ dataset }) => dataset.announce).join('. ');
}

/** The clock of the server, which deadlines follow. */
const aheadMs = Number(document.body.dataset.now) - Date.now();
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** How far each time is from now, in words. */
function showAges() {
  for (const time of document.querySelectorAll('time')) {
    const seconds = Math.round((Date.parse(time.dateTime) - Date.now() - aheadMs) / 1000);
    const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? UNITS[3];
    const text = ` (${words.format(Math.round(seconds / size), unit)})`;
    let age = time.querySelector('.age');
    if (age === null) {
      age = document.createElement('span');
      age.className = 'age';
      time.append(age);
    }
    if (age.textContent !== text) age.textContent = text;
  }
}

/** Runs `task` now, or again after the run that is under way; never twice at a time. */
function oneAtATime(task) {
  let isRunning = false;
  let isAsked = false;
  return async () => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    while (isAsked) {
      isAsked = false;
      await task().catch(() => undefined);
    }
    isRunning = false;
  };
}

function keepUpToDate() {
  const status = document.getElementById('status');
  const update = oneAtATime(refresh);
  const hasDecisions = document.querySelector('[data-live~=decisions]') !== null;
  let later = null;
  let events = null;
  let retry = null;
  const updateLater = () => {
    later ??= setTimeout(() => {
      later = null;
      void update();
    }, DECISIONS_MS);
  };
  const isWaiting = document.getElementById('waiting') !== null;
  const open = () => {
    clearTimeout(retry);
    events?.close();
    // A browser opens few streams to one place: only what waits is followed where nobody looks.
    if (document.hidden && !isWaiting) return;
    events = new EventSource('/events');
    events.addEventListener('approvals', () => void update());
    if (hasDecisions) events.addEventListener('decisions', updateLater);
    events.addEventListener('open', () => {
      status.textContent = '';
    });
    events.addEventListener('error', () => {
      status.textContent = 'The console does not answer; this page may be out of date.';
      events.close();
      // Signed out, or gone for a while: the page itself finds out.
      retry = setTimeout(() => void update().then(open), RETRY_MS);
    });
  };
  open();
  if (hasDecisions) setInterval(() => document.hidden || void update(), IDLE_MS);
  if (!isWaiting) document.addEventListener('visibilitychange', open);
}

/** The answer that was clicked on the page before, unless that would scroll past what is to be answered. */
function focusChosen() {
  const field = document.querySelector('[data-chosen]');
  const place = field?.getBoundingClientRect();
  if (field && place.bottom <= innerHeight) field.focus({ preventScroll: true });
}

const signIn = document.getElementById('sign-in');
if (signIn === null) {
  showAges();
  setInterval(showAges, 1000);
  focusChosen();
  if (document.querySelector('[data-live]') !== null) keepUpToDate();
} else if (/^#code=(?!rga_)[\w-]+$/.test(location.hash)) {
  // The code that the command printed is good once. A token has no place in a link.
  signIn.elements.credential.value = location.hash.slice('#code='.length);
  history.replaceState(null, '', location.pathname);
  signIn.submit();
}
