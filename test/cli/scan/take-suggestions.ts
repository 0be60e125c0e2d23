// Does what the head of a scanned policy tells people to do: turns every suggestion into a rule.

export function takeSuggestions(policy: string): string {
  return policy
    .replace(/^ {4}rules: \[\]\n {4}# rules:$/gm, '    rules:')
    .replace(/^( {4}| {6})# (?=(?: {2})*(?:- |\S+:))/gm, '$1');
}
