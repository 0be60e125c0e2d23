// Says why an answer could not be given, and what to do.
import type { Answered, Person } from './answer-approval.ts';

export function explainAnswer(
  { problem, approval }: Extract<Answered, { ok: false }>,
  person: Person,
): string {
  switch (problem) {
    case 'unknown':
      return 'there is no such request';
    case 'ended':
      return `the request is ${approval?.status ?? 'over'}: it cannot be answered any more`;
    case 'already-approved':
      return 'enough people have approved it already; only a rejection can still stop it';
    case 'agreed-before':
      return `${person.name} has approved it already; each person counts once, somebody else must agree`;
    case 'own-agent':
      return `${person.name} owns the agent ${approval?.agent ?? ''}: somebody else must approve its calls`;
  }
}
