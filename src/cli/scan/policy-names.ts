// Names in a policy: which ones its grammar takes, and how they are spelled in YAML.

const NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Plain words that one YAML version or another reads as something else than a text. */
const YAML_WORDS = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Null where the grammar takes the name. */
export function whyRefused(name: string): string | null {
  if (NAME.test(name)) return null;
  if (name === '') return 'the name is empty';
  if (name.length > 128) return 'the name is longer than 128 characters';
  return 'names are made of A-Z a-z 0-9 _ . : / - only';
}

export function quoteName(name: string): string {
  return PLAIN.test(name) && !YAML_WORDS.test(name) ? name : JSON.stringify(name);
}

/** What the server calls itself, as a `server` name; `main` where nothing is left of it. */
export function serverNameFrom(text: string): string {
  const name = text
    .replace(/[^A-Za-z0-9_.:/-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 128);
  return name === '' ? 'main' : name;
}
