// Reads what a step expects of its decision.
import { missingKey, readText, readWord } from '../../../../compiler/check/read-values.ts';
import { readAmounts, readTextList } from './read-case-values.ts';
import type { StepNode } from './step-node.ts';
import type { Expectation } from './test-case.ts';

const OUTCOMES = ['allow', 'deny', 'require_approval'] as const;

export function readExpectation({ node, scope, members }: StepNode): Expectation | undefined {
  const { outcome, rule, reason, violations, charges } = members;
  const word = outcome === undefined ? undefined : readWord(outcome.value, outcome.scope, OUTCOMES);
  if (outcome === undefined) missingKey(node, scope, 'outcome');
  const ruleText = rule && readText(rule.value, rule.scope);
  const reasonText = reason && readText(reason.value, reason.scope);
  const rules = violations && readTextList(violations.value, violations.scope);
  const amounts = charges && readAmounts(charges.value, charges.scope);
  if (charges !== undefined && word !== undefined && word !== 'allow') {
    const message = `a call that is not allowed charges nothing, and ${word} is expected`;
    charges.scope.problem('contradiction', charges.keyPosition, message);
  }
  if (word === undefined) return undefined;
  return {
    outcome: word,
    ...(ruleText === undefined ? {} : { rule: ruleText }),
    ...(reasonText === undefined ? {} : { reason: reasonText }),
    ...(rules === undefined ? {} : { violations: rules }),
    ...(amounts === undefined ? {} : { charges: new Map(amounts.map(({ key, value }) => [key, value])) }),
  };
}
