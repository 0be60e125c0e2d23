// Keeps an open page up to date, and signs in by the code of a link. Everything works without it, but by hand.
'use strict';

/** What the server marked as live is replaced where it has changed; a form that somebody fills in stays. */
async function refresh() {
  // The answer to a form that was refused stands at the form's address, where no page can be had.
  const page = document.querySelector('link[rel=canonical]')?.href ?? location.href;
  const response = await fetch(page, { headers: { Accept: 'text/html' } });
  if (response.redirected) return location.reload();
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    if (next === null || isKept(part, next)) continue;
    part.replaceWith(document.adoptNode(next));
  }
  showAges();
}

function isKept(part, next) {
  const isForm = part.dataset.state !== undefined;
  if (isForm) return part.dataset.state === next.dataset.state;
  part.querySelectorAll('.age').forEach((age) => age.remove());
  if (part.innerHTML === next.innerHTML) return true;
  for (const details of part.querySelectorAll('details[open]')) {
    const index = [...part.querySelectorAll('details')].indexOf(details);
    next.querySelectorAll('details')[index]?.setAttribute('open', '');
  }
  return false;
}

/** How far each time is from now, in words. */
function showAges() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  for (const time of document.querySelectorAll('time')) {
    const seconds = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
    const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(([, one]) => Math.abs(seconds) >= one) ?? ['second', 1];
    let age = time.querySelector('.age');
    if (age === null) {
      age = document.createElement('span');
      age.className = 'age';
      time.append(age);
    }
    age.textContent = ` (${words.format(Math.round(seconds / size), unit)})`;
  }
}

function listen() {
  const status = document.getElementById('status');
  const events = new EventSource('/events');
  let isRefreshing = false;
  let isStale = false;
  const update = async () => {
    isStale = true;
    if (isRefreshing) return;
    isRefreshing = true;
    while (isStale) {
      isStale = false;
      await refresh().catch(() => undefined);
    }
    isRefreshing = false;
  };
  events.addEventListener('change', () => void update());
  events.addEventListener('open', () => {
    status.textContent = '';
  });
  events.addEventListener('error', () => {
    status.textContent = 'The console does not answer; this page may be out of date.';
  });
}

const signIn = document.getElementById('sign-in');
if (signIn === null) {
  if (document.querySelector('[data-live]') !== null) listen();
  showAges();
  setInterval(showAges, 15_000);
} else if (location.hash.startsWith('#code=')) {
  signIn.elements.credential.value = location.hash.slice('#code='.length);
  history.replaceState(null, '', location.pathname);
  signIn.submit();
}
