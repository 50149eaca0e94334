// All suites, in the order in which they run.

import * as dev from "./dev.mjs";
import * as fixtures from "./fixtures.mjs";
import * as golden from "./golden.mjs";
import * as icechunk from "./icechunk.mjs";
import * as metadata from "./metadata.mjs";
import { suites as peers } from "./peers.mjs";
import * as references from "./references.mjs";
import * as refs from "./refs.mjs";
import * as selections from "./selections.mjs";

/** @type {{ name: string, needs?: string, cases: (context: { shared: string, servers: object }) => Iterable<object> }[]} */
export const suites = [fixtures, dev, refs, icechunk, golden, ...peers, metadata, selections, references];
