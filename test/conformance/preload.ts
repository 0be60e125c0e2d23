// `--import` for the conformance suite: gives it the `fs` that it expects, on Node 20.
import { register } from 'node:module';

register('./resolve-fs.js', import.meta.url);
