// "Did you mean": the known word that is nearest to a mistyped one.

/** Words of other products and older habits, and what they are called here. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  hidden: 'hide',
  tool: 'tools',
  rule: 'rules',
  allowed_values: 'enum',
  one_of: 'enum',
  reason: 'on_deny',
  message: 'on_deny',
  deny_if: 'conditions',
  require: 'conditions',
  limits: 'rate_limit',
  limit: 'rate_limit',
  ratelimit: 'rate_limit',
  timeout: 'approval_timeout',
  approvers: 'approvals',
  if: 'when',
  operator: 'op',
  field: 'path',
  min: 'minimum',
  max: 'maximum',
  regex: 'pattern',
  per_day: 'daily',
  per_hour: 'hourly',
  enforcement: 'mode',
};

/** `did you mean "hide"?`, or what is known, where it is little. */
export function suggestWord(word: string, known: readonly string[]): string | undefined {
  const foreign = FOREIGN_WORDS[word.toLowerCase().replaceAll('-', '_')];
  const nearest = foreign !== undefined && known.includes(foreign) ? foreign : nearestWord(word, known);
  if (nearest !== null) return `did you mean ${JSON.stringify(nearest)}?`;
  return known.length > 0 && known.length <= 12 ? `known here: ${known.join(', ')}` : undefined;
}

function nearestWord(word: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate ?? null;
}

/** Levenshtein's, over a single row. Long words are no typing slips. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
