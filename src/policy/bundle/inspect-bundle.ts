// What a bundle says of itself, for people: nothing of it is verified, and no key is needed.
import type { CounterPlan, ServerPlan } from '../../../compiler/model/manifest.ts';
import type { ArgumentPath } from '../../../compiler/model/policy.ts';
import { payloadOf, readSignatureClaims, readSignatureFile } from '../bundle-signature/signature-file.ts';
import { PolicyError } from '../policy-error.ts';
import { type BundleManifest, modulesOf, readManifest } from './bundle-archive.ts';
import { openBundleFiles } from './bundle-files.ts';
import { isOptimized } from './is-optimized.ts';

export interface BundleFacts {
  readonly revision: string;
  readonly roots: readonly string[];
  /** Size of the archive. */
  readonly bytes: number;
  /** Null where the bundle holds none. */
  readonly wasm_bytes: number | null;
  readonly files: ReadonlyArray<{ readonly name: string; readonly bytes: number }>;
  readonly entrypoints: readonly EntrypointFacts[];
  /** Built with `opa build -O`, which slows decisions down. */
  readonly is_optimized: boolean;
  /** What Regent's manifest says, by server; null where it has none. */
  readonly regent: Readonly<Record<string, ServerFacts>> | null;
  /** Null where the bundle is not signed. */
  readonly signature: SignatureFacts | null;
}

export interface EntrypointFacts {
  readonly name: string;
  /** METADATA of its rule, as OPA writes it. */
  readonly annotations: readonly unknown[];
}

export interface ServerFacts {
  readonly tools: readonly string[];
  readonly counters: ReadonlyArray<Pick<CounterPlan, 'rule' | 'window' | 'unit' | 'scale' | 'limit'>>;
  /** Argument paths that some rule reads, such as `items[*].price`. */
  readonly arguments: readonly string[];
}

export interface SignatureFacts {
  readonly key_id: string;
  readonly algorithm: string;
  readonly scope: string;
  readonly files: readonly string[];
}

/** Throws `PolicyError` where the archive or its manifest cannot be read. */
export async function inspectBundle(bytes: Buffer): Promise<BundleFacts> {
  const { files, signatures } = await openBundleFiles(bytes);
  const manifest = readManifest(files);
  return {
    revision: typeof manifest.revision === 'string' ? manifest.revision : '',
    roots: Array.isArray(manifest.roots) ? manifest.roots.map(String) : [''],
    bytes: bytes.length,
    wasm_bytes: files.find(({ name }) => name === 'policy.wasm')?.bytes.length ?? null,
    files: files.map((file) => ({ name: file.name, bytes: file.bytes.length })),
    entrypoints: entrypointsOf(manifest),
    is_optimized: isOptimized(modulesOf(files)),
    regent: regentOf(manifest),
    signature: signatures === null ? null : signatureOf(signatures),
  };
}

function entrypointsOf({ wasm }: BundleManifest): EntrypointFacts[] {
  const resolvers = Array.isArray(wasm) ? (wasm as Array<Record<string, unknown> | null>) : [];
  return resolvers.flatMap((resolver) => {
    const { entrypoint, annotations } = resolver ?? {};
    if (typeof entrypoint !== 'string') return [];
    return [{ name: entrypoint, annotations: Array.isArray(annotations) ? annotations : [] }];
  });
}

/** The manifest is anybody's text: whatever is not as Regent writes it is told as broken. */
function regentOf({ metadata }: BundleManifest): BundleFacts['regent'] {
  const { regent } = (metadata ?? {}) as { regent?: { servers: Record<string, ServerPlan> } };
  if (regent === undefined) return null;
  try {
    return Object.fromEntries(Object.entries(regent.servers).map(([name, plan]) => [name, serverOf(plan)]));
  } catch (cause) {
    throw new PolicyError('bundle-broken', "Regent's part of the manifest cannot be read", cause);
  }
}

function serverOf({ tools, globs, all }: ServerPlan): ServerFacts {
  const plans = [...Object.values(tools), ...globs.map(({ plan }) => plan), all];
  const counters = plans.flatMap((plan) => plan.counters);
  const read = plans.flatMap((plan) => [...plan.arguments, ...plan.amounts.map(({ path }) => path)]);
  return {
    tools: [...Object.keys(tools), ...globs.map(({ glob }) => glob)],
    counters: [...new Map(counters.map((counter) => [counter.base, counter])).values()].map(
      ({ rule, window, unit, scale, limit }) => ({ rule, window, unit, scale, limit }),
    ),
    arguments: [...new Set(read.map(printPath))].sort(),
  };
}

function printPath(path: ArgumentPath): string {
  const [first = '', ...rest] = path.map((step) => (typeof step === 'string' ? `.${step}` : '[*]'));
  return [first.replace(/^\./, ''), ...rest].join('');
}

function signatureOf(signatures: Buffer): SignatureFacts {
  const { token, algorithm, kid } = readSignatureFile(signatures);
  const { files, keyid, scope } = readSignatureClaims(payloadOf(token));
  return { key_id: kid || keyid, algorithm, scope, files: files.map(({ name }) => name) };
}
