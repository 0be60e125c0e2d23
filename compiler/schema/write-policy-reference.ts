// Prints the policy reference to stdout: `make docs` writes docs/policy-reference.md with it.
import { renderPolicyReference } from './policy-reference.ts';

process.stdout.write(renderPolicyReference());
