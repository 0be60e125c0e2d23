// The ways to tell what came of a run: a new one is a name in report-formats.ts and a function here.
import type { Reporter, ReportFormat } from './report-formats.ts';
import { reportJson } from './report-json.ts';
import { reportPretty } from './report-pretty.ts';

export const REPORTERS: Readonly<Record<ReportFormat, Reporter>> = {
  pretty: reportPretty,
  json: reportJson,
};
