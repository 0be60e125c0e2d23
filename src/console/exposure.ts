// Where a console may listen: tokens and cookies never cross a network in clear.

/** As they stand in URLs and in `Host`. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** IPv6 addresses stand between brackets there. */
export function nameInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host.toLowerCase()}]` : host.toLowerCase();
}

export function isLoopback(host: string): boolean {
  const name = nameInUrl(host);
  return LOOPBACK_NAMES.includes(name) || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * What is wrong with it; null where nothing is. Whoever listens for others must say how they come safely: by https, or
 * by a loopback address that leads here, as the published port of a container does.
 */
export function findExposure(host: string, publicUrl: URL | null): string | null {
  if (publicUrl !== null && publicUrl.protocol !== 'https:' && !isLoopback(publicUrl.hostname)) {
    return `people would send their tokens to ${publicUrl.origin} in clear; give the console an https URL`;
  }
  if (isLoopback(host) || publicUrl !== null) return null;
  return (
    `off loopback people would send their tokens to ${host} in clear; ` +
    'put a proxy with https before it and name its URL (--public-url, console.url)'
  );
}
