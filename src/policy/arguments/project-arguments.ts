// Cuts a call's arguments down to what the policy reads, as canonical JSON text for its input.
//
// This keeps a megabyte of arguments out of the policy. It is also the defence against numbers and object keys that
// are chosen to be slow: digits are bounded, and so are the members that reach the policy's unseeded hash tables.
import { plainDecimal } from '../../../compiler/model/exact-number.ts';
import { PolicyError } from '../policy-error.ts';
import { type JsonNode, JsonNumber, type JsonObject } from './json-node.ts';
import type { PathTree } from './path-tree.ts';

/** More digits than any amount, id or measure has; longer numbers cannot be judged exactly in bounded time. */
const NUMBER_DIGITS_MAX = 64;
/** 1000 colliding keys cost some 10 ms, 20,000 cost seconds. */
const MEMBERS_MAX = 1000;
const ELEMENTS_MAX = 10_000;
const TEXT_MAX = 4 * 1024 * 1024;

/** JSON text of an object that holds the read paths only. Throws `PolicyError('arguments-unreadable')`. */
export function projectArguments(args: JsonObject, tree: PathTree): string {
  const text = project(args, tree);
  if (text.length > TEXT_MAX)
    throw unreadable(`what the policy reads of them is over ${TEXT_MAX} characters long`);
  return text;
}

function project(node: JsonNode, tree: PathTree): string {
  if (tree.isRead) return printWhole(node);
  if (node instanceof Map) return projectMembers(node, tree);
  if (Array.isArray(node)) {
    const { every } = tree;
    if (every === null) return '[]';
    return printList(node, (element) => project(element, every));
  }
  return printWhole(node);
}

function projectMembers(object: JsonObject, tree: PathTree): string {
  const members: string[] = [];
  for (const [name, subtree] of tree.members) {
    const value = object.get(name);
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${project(value, subtree)}`);
  }
  return `{${members.join(',')}}`;
}

function printWhole(node: JsonNode): string {
  if (node instanceof JsonNumber) return printNumber(node.text);
  if (Array.isArray(node)) return printList(node, printWhole);
  if (node instanceof Map) return printObject(node);
  // A server written in C reads the text up to there only: what it does is not what was judged.
  if (typeof node === 'string' && node.includes('\0'))
    throw unreadable('a text that the policy reads holds a NUL character');
  return JSON.stringify(node);
}

function printNumber(text: string): string {
  const decimal = plainDecimal(text, NUMBER_DIGITS_MAX);
  if (decimal === null)
    throw unreadable(`a number has more than ${NUMBER_DIGITS_MAX} digits when written out`);
  return decimal;
}

function printList(list: readonly JsonNode[], print: (node: JsonNode) => string): string {
  if (list.length > ELEMENTS_MAX)
    throw unreadable(`a list that the policy reads has over ${ELEMENTS_MAX} elements`);
  return `[${list.map(print).join(',')}]`;
}

function printObject(object: JsonObject): string {
  if (object.size > MEMBERS_MAX)
    throw unreadable(`an object that the policy reads has over ${MEMBERS_MAX} members`);
  const members = Array.from(object, ([name, value]) => `${JSON.stringify(name)}:${printWhole(value)}`);
  return `{${members.join(',')}}`;
}

function unreadable(what: string): PolicyError {
  return new PolicyError('arguments-unreadable', `the arguments cannot be judged: ${what}`);
}
