// What a report is, and the names of the reports; the command line shows them without loading their code.
import type { TestRun } from '../test-result.ts';

export const REPORT_FORMATS = ['pretty', 'json'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  readonly hasColours: boolean;
}

/** Ends with a line break. */
export type Reporter = (run: TestRun, options: ReportOptions) => string;
