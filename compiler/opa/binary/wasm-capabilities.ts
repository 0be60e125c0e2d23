// What modules may call where a binary builds: as the built-in OPA has it (capabilities.go, which a test compares).
import { OpaError } from '../run-opa.ts';

/** The functions that OPA compiles into policy.wasm itself; Regent, as the host, offers no other. */
export const NATIVE_BUILTINS: ReadonlySet<string> = new Set(
  `
  abs all and any array.concat array.flatten array.reverse array.slice assign base64.decode base64.encode
  base64.is_valid base64url.decode base64url.encode bits.and bits.lsh bits.negate bits.or bits.rsh bits.xor
  ceil concat contains count div endswith eq equal floor format_int glob.match graph.reachable gt gte
  indexof internal.member_2 internal.member_3 internal.template_string intersection is_array is_boolean
  is_null is_number is_object is_set is_string json.filter json.marshal json.remove json.unmarshal lower lt
  lte max min minus mul neq net.cidr_contains net.cidr_intersects net.cidr_overlap numbers.range
  object.filter object.get object.keys object.remove object.union object.union_n or plus product re_match
  regex.find_all_string_submatch_n regex.is_valid regex.match rem replace round set_diff sort split
  startswith strings.replace_n strings.reverse substring sum to_number trim trim_left trim_prefix
  trim_right trim_space trim_suffix type_name union upper walk
`
    .trim()
    .split(/\s+/),
);

/** From what `opa capabilities --current` prints: its own features, fewer functions, and no host on the network. */
export function wasmCapabilities(printed: string): string {
  try {
    const capabilities = JSON.parse(printed) as {
      readonly builtins: ReadonlyArray<{ readonly name: string }>;
    };
    const builtins = capabilities.builtins.filter(({ name }) => NATIVE_BUILTINS.has(name));
    return JSON.stringify({ ...capabilities, builtins, allow_net: [] });
  } catch (cause) {
    throw new OpaError('bad-answer', 'opa capabilities did not print capabilities', cause);
  }
}
