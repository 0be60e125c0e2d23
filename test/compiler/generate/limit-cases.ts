// Calls of the policy of limits: what each is charged, or why it is denied.
const MAX = Number.MAX_SAFE_INTEGER;

export const RATE = 'main/rated/rate_limit/minute';
const DAY = 'main/pay/:cap/spend/day';
const IN = 'main/pay_in/:cap/spend/month';
export const DARK = { 'main/dark/:rate/rate_limit/minute': 0 };

export interface LimitCase {
  readonly name: string;
  readonly tool: string;
  readonly arguments?: object | string;
  readonly amounts?: Record<string, unknown>;
  readonly counters: Record<string, unknown>;
  readonly expected: string | Record<string, number>;
}

/** `expected`: what is charged, or the reason of the denial. */
export const LIMIT_CASES: readonly LimitCase[] = [
  { name: '60th call', tool: 'rated', counters: { [RATE]: 59 }, expected: { [RATE]: 1 } },
  { name: '61st call', tool: 'rated', counters: { [RATE]: 60 }, expected: 'no more than 60 calls a minute' },
  { name: '62nd call', tool: 'rated', counters: { [RATE]: 61 }, expected: 'no more than 60 calls a minute' },
  { name: 'no counter', tool: 'rated', counters: {}, expected: 'no more than 60 calls a minute' },
  {
    name: 'counter null',
    tool: 'rated',
    counters: { [RATE]: null },
    expected: 'no more than 60 calls a minute',
  },
  {
    name: 'counter as text',
    tool: 'rated',
    counters: { [RATE]: '1' },
    expected: 'no more than 60 calls a minute',
  },
  {
    name: 'per agent',
    tool: 'rated_per_agent',
    counters: { 'main/rated_per_agent/:per/rate_limit/minute@bot': 0 },
    expected: { 'main/rated_per_agent/:per/rate_limit/minute@bot': 1 },
  },
  {
    name: 'per agent, counter of another',
    tool: 'rated_per_agent',
    counters: { 'main/rated_per_agent/:per/rate_limit/minute@ann': 0 },
    expected: 'no more than 60 calls a minute for each agent',
  },
  {
    name: 'per tool',
    tool: 'rated_per_tool',
    counters: { 'main/rated_per_tool/:per/rate_limit/minute@rated_per_tool': 0 },
    expected: { 'main/rated_per_tool/:per/rate_limit/minute@rated_per_tool': 1 },
  },
  {
    name: 'per session',
    tool: 'rated_per_session',
    counters: { 'main/rated_per_session/:per/rate_limit/minute@s-1': 0 },
    expected: { 'main/rated_per_session/:per/rate_limit/minute@s-1': 1 },
  },
  ...['"7"', '7'].map((account) => ({
    name: `per argument ${account}`,
    tool: 'rated_per_account',
    arguments: `{"account":${account}}`,
    counters: { 'main/rated_per_account/:per/rate_limit/minute@7': 0 },
    expected: { 'main/rated_per_account/:per/rate_limit/minute@7': 1 },
  })),
  ...['null', '1.5', 'true', '[]', '9007199254740992', `"${'x'.repeat(257)}"`].map((account) => ({
    name: `per argument ${account.slice(0, 20)}`,
    tool: 'rated_per_account',
    arguments: `{"account":${account}}`,
    counters: {},
    expected: 'account must be a text of at most 256 characters or a whole number',
  })),
  {
    name: 'per argument left out',
    tool: 'rated_per_account',
    counters: {},
    expected: 'account must be a text of at most 256 characters or a whole number',
  },
  {
    name: 'per-call cap reached',
    tool: 'pay',
    amounts: { 'pay/cap': 50000 },
    counters: { [DAY]: 0 },
    expected: { [DAY]: 50000 },
  },
  {
    name: 'per-call cap passed by one unit',
    tool: 'pay',
    amounts: { 'pay/cap': 50001 },
    counters: { [DAY]: 0 },
    expected: 'amount must be at most 500.00 a call',
  },
  {
    name: 'daily cap reached',
    tool: 'pay',
    amounts: { 'pay/cap': 50000 },
    counters: { [DAY]: 450000 },
    expected: { [DAY]: 50000 },
  },
  {
    name: 'daily cap passed by one unit',
    tool: 'pay',
    amounts: { 'pay/cap': 50000 },
    counters: { [DAY]: 450001 },
    expected: 'amount would bring the total over 5000.00 a day',
  },
  { name: 'amount of 0', tool: 'pay', amounts: { 'pay/cap': 0 }, counters: { [DAY]: 500000 }, expected: {} },
  ...[undefined, null, '100', -1, 1.5, MAX + 1].map((amount) => ({
    name: `amount ${JSON.stringify(amount)}`,
    tool: 'pay',
    amounts: { 'pay/cap': amount },
    counters: { [DAY]: 0 },
    expected: 'amount must be a number of at least 0 with at most 2 decimals',
  })),
  {
    name: 'currency in lower case',
    tool: 'pay_in',
    arguments: { account: 'a@b/c', money: { currency: 'usd' } },
    amounts: { 'pay_in/cap': 1000 },
    counters: { [`${IN}/USD@a@b/c`]: 0 },
    expected: { [`${IN}/USD@a@b/c`]: 1000 },
  },
  {
    name: 'another currency has its own total',
    tool: 'pay_in',
    arguments: { account: 'a', money: { currency: 'EUR' } },
    amounts: { 'pay_in/cap': 1000 },
    counters: { [`${IN}/USD@a`]: 1000, [`${IN}/EUR@a`]: 0 },
    expected: { [`${IN}/EUR@a`]: 1000 },
  },
  ...['U', 'US D', 'ıs', '', null, 840, ['USD']].map((currency) => ({
    name: `currency ${JSON.stringify(currency)}`,
    tool: 'pay_in',
    arguments: { account: 'a', money: { currency } },
    amounts: { 'pay_in/cap': 1 },
    counters: {},
    expected: 'money.currency must be a currency code of 2 to 12 letters or digits',
  })),
  {
    name: 'lt 10 at 8',
    tool: 'lt',
    counters: { 'main/lt/state/uses/day': 8 },
    expected: { 'main/lt/state/uses/day': 1 },
  },
  {
    name: 'lt 10 at 9',
    tool: 'lt',
    counters: { 'main/lt/state/uses/day': 9 },
    expected: 'state.lt.uses must be under 10',
  },
  {
    name: 'lte 5 at 4',
    tool: 'lte',
    counters: { 'main/lte/state/uses/day': 4 },
    expected: { 'main/lte/state/uses/day': 1 },
  },
  {
    name: 'lte 5 at 5',
    tool: 'lte',
    counters: { 'main/lte/state/uses/day': 5 },
    expected: 'state.lte.uses must be at most 5',
  },
  {
    name: "another tool's counter counts as it is",
    tool: 'other',
    counters: { 'main/lte/state/uses/day': 4 },
    expected: {},
  },
  {
    name: "another tool's counter at the bound",
    tool: 'other',
    counters: { 'main/lte/state/uses/day': 5 },
    expected: 'state.lte.uses must be under 5',
  },
  {
    name: 'increment from an argument, reached',
    tool: 'sum',
    amounts: { 'sum/#1#increment': 60 },
    counters: { 'main/sum/state/uses/day': 40 },
    expected: { 'main/sum/state/uses/day': 60 },
  },
  {
    name: 'increment from an argument, passed',
    tool: 'sum',
    amounts: { 'sum/#1#increment': 61 },
    counters: { 'main/sum/state/uses/day': 40 },
    expected: 'state.sum.uses must be at most 100',
  },
  {
    name: 'counter without a bound',
    tool: 'free',
    counters: { 'main/free/state/uses/day': MAX - 1 },
    expected: { 'main/free/state/uses/day': 1 },
  },
  {
    name: 'counter that can count no further',
    tool: 'free',
    counters: { 'main/free/state/uses/day': MAX },
    expected: 'the counter uses cannot be read, or would grow past what can be counted',
  },
  { name: 'increment of 0', tool: 'idle', counters: { 'main/idle/state/uses/day': 3 }, expected: {} },
  {
    name: 'shadow cap is charged beyond its cap',
    tool: 'dark',
    amounts: { 'dark/cap': 70 },
    counters: { ...DARK, 'main/dark/:cap/spend/hour': 70 },
    expected: { 'main/dark/:cap/spend/hour': 70, 'main/dark/:rate/rate_limit/minute': 1 },
  },
  {
    name: 'shadow amount that cannot be read',
    tool: 'dark',
    counters: { ...DARK, 'main/dark/:cap/spend/hour': 70 },
    expected: { 'main/dark/:rate/rate_limit/minute': 1 },
  },
  {
    name: 'shadow total that can count no further',
    tool: 'dark',
    amounts: { 'dark/cap': 2 },
    counters: { ...DARK, 'main/dark/:cap/spend/hour': MAX - 1 },
    expected: { 'main/dark/:rate/rate_limit/minute': 1 },
  },
  {
    name: 'two rules that charge one counter',
    tool: 'two',
    counters: { 'main/two/state/uses/day': 0 },
    expected: { 'main/two/state/uses/day': 2 },
  },
];
