// Starts Chromium: Debian's, or the one that CHROMIUM names.
import { type Browser, chromium } from 'playwright-core';

/** What a browser does on its own has no place on a machine without a network. */
const QUIET = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...QUIET],
  });
}
