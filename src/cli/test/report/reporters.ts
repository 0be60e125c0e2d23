// The ways to tell what came of a run: a new one is a name in report-formats.ts and a function here.
import type { Reporter, ReportFormat } from './report-formats.ts';
import { reportGithub } from './report-github.ts';
import { reportJson } from './report-json.ts';
import { reportJunit } from './report-junit.ts';
import { reportPretty } from './report-pretty.ts';
import { reportSarif } from './report-sarif.ts';
import { reportTap } from './report-tap.ts';

export const REPORTERS: Readonly<Record<ReportFormat, Reporter>> = {
  pretty: reportPretty,
  json: reportJson,
  junit: reportJunit,
  tap: reportTap,
  github: reportGithub,
  sarif: reportSarif,
};
