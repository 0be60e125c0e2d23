// A policy as large as wanted: so many tools with five rules each, of the kinds that people write.

export function bigPolicy(tools: number, server = 'big'): string {
  const entries = Array.from({ length: tools }, (_, index) => toolEntry(`tool_${index}`, index));
  return `version: "1"\nserver: ${server}\ntools:\n${entries.join('')}`;
}

function toolEntry(name: string, index: number): string {
  return `  ${name}:
    rules:
      - name: cap
        spend: {per_call: ${500 + index}, daily: ${5000 + index}, currency: args.currency}
      - rate_limit: ${10 + (index % 50)}/minute
      - name: shape
        arguments:
          currency: {enum: [eur, usd, gbp]}
          note: {type: string, maxLength: 200}
      - name: account
        conditions:
          - {path: args.account, op: regex, value: "^[A-Z]{2}[0-9]{2,30}$"}
          - {path: args.country, op: not_in, value: [XX, YY]}
      - name: large
        action: require_approval
        when: [{path: args.amount, op: gt, value: ${100 + index}}]
        approval_timeout: 30m
`;
}
