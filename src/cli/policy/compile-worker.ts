// The thread that compiles aside (compile-aside.ts): reading, checking and generating a thousand tools takes a second, in
// which no call would be answered.
import { parentPort, workerData } from 'node:worker_threads';
import { OpaError } from '../../../compiler/opa/run-opa.ts';
import { chooseOpa } from './choose-opa.ts';
import type { AsideAnswer, AsideRequest } from './compile-aside.ts';
import { PolicyProblems } from './policy-problems.ts';
import { compileSources } from './policy-sources.ts';

async function compile({ sources, server, opa }: AsideRequest): Promise<AsideAnswer> {
  try {
    const binary = await chooseOpa(opa);
    const { bundle } = await compileSources(sources, server, binary);
    return { kind: 'bundle', bundle: new Uint8Array(bundle), opaIdentity: binary?.identity ?? null };
  } catch (error) {
    if (error instanceof PolicyProblems) return { kind: 'problems', diagnostics: error.diagnostics };
    if (error instanceof OpaError) return { kind: 'opa', code: error.code, message: error.message };
    throw error;
  }
}

parentPort?.postMessage(await compile(workerData as AsideRequest));
