// The prose of docs/policy-reference.md: what the grammar's tables cannot say. Every YAML block is a whole policy, and is
// run by a test.

export const INTRODUCTION = `
A policy is one YAML file. It says which tools an agent may call, with which arguments, how often, and for how much.
Everything it does not list is denied, unless it says \`default: allow\`.

\`\`\`yaml
version: "1"
default: deny

tools:
  get_balance:
    rules:
      - rate_limit: 60/minute

  create_payment:
    rules:
      - name: per-call-cap
        spend:
          per_call: 500.00
          daily: 5000.00
      - name: validate-currency
        arguments:
          currency:
            enum: [GBP, USD, EUR]
\`\`\`

Files are strict: unknown and duplicate keys, wrong types and contradictions are errors. \`regent validate\` tells all of
them at once, in file order, with line, column, YAML path and a suggestion. Numbers are taken from their digits and never
rounded; they are written in plain decimals, without underscores, a plus sign or a zero in front. Aliases are fine; merge
keys, tags, directives and several documents are not.
`;

export const MEANINGS = `
## How a call is decided

1. A tool that \`hide\` matches is denied (\`hidden\`).
2. With \`agents\`, a tool that nothing grants to the calling agent is denied (\`agent-not-permitted\`).
3. The rules of a call are those of the tool's exact entry, or else of the longest glob that matches its name, and then
   those of \`"*"\`. A tool without an entry is denied (\`default-deny\`), or has only the rules of \`"*"\` with
   \`default: allow\`.
4. **The strictest wins.** If any check of any rule fails, the call is denied; the first failed rule in file order names the
   decision, and \`violations\` lists all of them. Else, if a rule asks for approval, the call is held. Else it is allowed,
   and its charges are taken before it is forwarded.

5. Hand-written Rego (\`rego\`, see [custom-rego.md](custom-rego.md)) can add denials, holds and charges to that. It allows
   nothing.

A tool that no argument could make allowed is missing from the agent's list of tools.

## Conditions

\`\`\`yaml
version: "1"
tools:
  deploy:
    rules:
      - name: office-hours
        conditions:
          - {path: clock.weekday, op: not_in, value: [saturday, sunday]}
          - {path: clock.minute_of_day, op: gte, value: 540}
          - {path: clock.minute_of_day, op: lt, value: 1020}
      - name: no-force
        action: deny
        when:
          - {path: args.force, op: eq, value: true}
      - name: large-changes
        action: require_approval
        approval_timeout: 30m
        when:
          - {path: args.replicas, op: gt, value: 10}
\`\`\`

| operator | holds where |
|---|---|
| \`eq\`, \`neq\` | the value is equal, or is of the same type and not equal. Numbers compare by value: 1 equals 1.0 |
| \`in\`, \`not_in\` | it is one of the list, or is of a type that the list holds and none of it |
| \`lt\`, \`lte\`, \`gt\`, \`gte\` | a number compares so (\`clock.date\`: a date) |
| \`regex\` | RE2 finds the expression somewhere in the text; anchor it with \`^\` and \`$\` |
| \`contains\` | a text holds the text, or a list holds the element |
| \`exists\` | there is a value that is not null; with \`value: false\`, there is none |

A number never equals a text, and a negative operator does not hold for a value of another type; only \`null\`
differs from whatever else is there: \`neq\` with \`null\` holds for all of it. An operator or a value that could never
compare with what stands at the path, such as \`lt\` with a weekday, is an error.

Paths: \`args.a.b\`, \`args.items[*].price\` (every element must hold; an empty list holds), \`args["odd name"]\`, \`agent.id\`,
\`agent.claims.x\`, \`session\`, \`clock.weekday\` (\`monday\` to \`sunday\`), \`clock.minute_of_day\` (0 to 1439), \`clock.date\`
(\`"2026-11-22"\`), \`state.<tool>.<counter>\` and \`state._global.<counter>\`. The clock is UTC.

**What must hold, and when a rule applies.** The \`conditions\` of an \`evaluate\` rule must hold: a value that is missing or of
another type fails them. \`when\`, and the conditions of a \`deny\` or \`require_approval\` rule, say whether the rule applies.
There doubt is strict: a value of a type that the operator cannot compare makes the rule apply. So a rule that denies
\`force: true\` also stops \`force: "true"\`, which some servers take for the same. A value that is missing makes \`neq\` and
\`not_in\` apply, and no other operator.

With \`[*]\` in a \`deny\` or \`require_approval\` rule the rule applies where *every* element holds. To stop a call for *one*
bad element, require the opposite of every element in an \`evaluate\` rule.

## Arguments

\`\`\`yaml
version: "1"
tools:
  send_email:
    rules:
      - arguments:
          to: {format: email, pattern: "@example\\\\.com$"}
          subject: {minLength: 1, maxLength: 200}
          items[*].price: {type: number, minimum: 0}
\`\`\`

The keywords are those of JSON Schema, with two differences: the argument must be there, and a keyword implies its type
(\`maxLength\` a text, \`minimum\` a number, \`items\` a list, \`properties\` an object). Inside \`properties\` a member may be
missing unless \`required\` names it. Argument paths stand without \`args.\` here; names with other signs stand in brackets
and quotes (\`["odd.name"].x\`), written as in JSON. Keys that differ only in case from one that
the policy reads make the message invalid: a server may take either.

## Limits

\`\`\`yaml
version: "1"
tools:
  search:
    rules:
      - rate_limit: 60/minute
  create_payment:
    rules:
      - name: caps
        spend:
          per_call: 500.00
          daily: 5000.00
          amount: args.payment.amount
          currency: args.payment.currency
          per: args.account
  "send_*":
    rules:
      - rate_limit: {limit: 20, window: hour, sliding: true, per: agent}
\`\`\`

- \`rate_limit: 60/minute\` lets 60 calls through in a window and denies the 61st. Only allowed calls count.
- \`spend\` adds the amount to each of its totals. A call that would pass a cap is denied; reaching it exactly is allowed.
- **Amounts** are numbers of at least 0 with at most \`scale\` decimals, read from their digits. Texts, negative and finer
  amounts are denied.
- With \`currency\` there is one total for each currency: a text of 2 to 12 letters and digits; \`usd\` and \`USD\` are one. Which
  ones may be paid in say \`arguments\`, with \`enum\`: any other currency is a total of its own.
- Windows are aligned to UTC; weeks start on Monday. \`sliding: true\` looks back over the window's length instead, in steps
  of about a sixtieth of it, and never lets more through in any such stretch of time.
- \`per\` keeps separate counters for each \`tool\`, \`agent\`, \`session\`, or value of an argument (a text of at most 256
  characters or a whole number).
- A charge is taken before the call is forwarded and kept whatever the server answers. It is given back only where the
  call never reached the server.

**Counters belong to their rule.** Under a glob or \`"*"\` a counter counts all tools that the rule covers together. Its key is
made of server, tool, the rule's name and what it counts, such as \`finance/create_payment/:caps/spend/day\`. Editing,
reordering or reloading a policy resets none. A rule without a name is known by what it counts, so two of them cannot count
the same; a rule that gets another name starts new counters. Policies without \`server\` are all \`main\`: where they use one
state file, rules of the same tool and name count together, so name the server as soon as there are two. Totals are kept in
units of \`scale\`: with another one, rename the rule too, or what was spent before counts as more or as less.

## Counters of your own

\`\`\`yaml
version: "1"
tools:
  create_charge:
    rules:
      - name: monthly-volume
        state: {counter: volume, window: month, increment_from: args.amount}
        conditions:
          - {path: state.create_charge.volume, op: lte, value: 1000000}
\`\`\`

Conditions see the counter as it is before the call. \`lt\` and \`lte\` on the counter of the rule's own \`state\` block see it
with this call added: \`lte 5\` lets five calls through, \`lt 10\` nine.

## Approval

A \`require_approval\` rule holds the call until humans have answered; after \`approval_timeout\` it is denied. The agent waits for
the sidecar's \`--hold\` at most, and is then told to send the same call again later. Who answers, and how, is in
[operations.md](operations.md#approvals). A rule may hold other checks too; those are judged first. If several rules ask, the
shortest timeout and the largest number of approvals count.

## Shadow mode

A rule with \`mode: shadow\` is evaluated and recorded, and never enforced. What it would have done stands in the decision's
\`shadow\`. Its counters are charged on allowed calls, so that its limits count as they would.

## Agents, globs, hiding

\`\`\`yaml
version: "1"
hide: ["admin_*"]
agents:
  payments-bot: {tools: [create_payment, "get_*"]}
  "support-*": {tools: ["get_*"]}
tools:
  create_payment: {rules: []}
  "get_*":
    rules:
      - rate_limit: 100/hour
  "*":
    rules:
      - name: everything
        rate_limit: 1000/day
\`\`\`

In globs \`*\` is any run of characters and \`?\` is one character; they match whole names. For agents, as for tools, the exact
name wins over the longest glob. An agent that none matches, \`anonymous\` included, may call nothing.

## Several files

Files that name the same server are joined: their tools must be different, their \`default\`s the same, their \`hide\` lists
add up. Files of different servers make one bundle; the sidecar then needs \`--server\` with one of their names, and each file
rules over its own server only. Where all files share one name, or none says one, \`--server\` gives another.
`;
