// What a scan learns of a server: its tools, in its own words.

export interface ScannedTool {
  readonly name: string;
  readonly description: string | null;
  /** `annotations.readOnlyHint`; null where the server says nothing. */
  readonly readOnly: boolean | null;
  /** `annotations.destructiveHint`; null where the server says nothing. */
  readonly destructive: boolean | null;
  /** Top-level members of the input schema. */
  readonly parameters: readonly ScannedParameter[];
}

export interface ScannedParameter {
  readonly name: string;
  readonly types: readonly string[];
  readonly isRequired: boolean;
  /** Texts, numbers and booleans of the parameter's `enum`; null where it has none. */
  readonly values: ReadonlyArray<string | number | boolean> | null;
}

export interface ScannedServer {
  /** As the server names itself; empty where it does not. */
  readonly name: string;
  readonly version: string;
  readonly tools: readonly ScannedTool[];
}
